#!/usr/bin/env python3
"""Counts the parameters of every card in models.yaml and compares them with the published count.

Exit code 1 if a total differs by more than 1 % or an active count by more than 3 %.
"""
import os
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
TOTAL_LIMIT = 0.01
ACTIVE_LIMIT = 0.03


def attention(card):
    hidden, heads = card["hidden"], card["heads"]
    mla = card.get("mla")
    if mla:
        q, kv = mla["q_lora_rank"], mla["kv_lora_rank"]
        nope, rope, value = mla["qk_nope_head_dim"], mla["qk_rope_head_dim"], mla["v_head_dim"]
        return (hidden * q + q + q * heads * (nope + rope) + hidden * (kv + rope) + kv
                + kv * heads * (nope + value) + heads * value * hidden)
    dim, kv_heads = card["head_dim"], card["kv_heads"]
    count = 2 * hidden * heads * dim + 2 * hidden * kv_heads * dim
    if card.get("qkv_bias"):
        count += heads * dim + 2 * kv_heads * dim
    if card.get("o_bias"):
        count += hidden
    if card.get("qk_norm"):
        count += 2 * dim
    if card.get("attention_sinks"):
        count += heads
    return count


def feed_forward(card):
    """(all, active per token) of one expert layer, or of the dense layer."""
    hidden, experts = card["hidden"], card.get("experts")
    if not experts:
        dense = 3 * hidden * card["intermediate"]
        return dense, dense
    one = 3 * hidden * experts["width"]
    if experts.get("expert_bias"):
        one += 2 * experts["width"] + hidden
    router = hidden * experts["total"] + (experts["total"] if experts.get("router_bias") else 0)
    fixed = router + experts["shared"] * one
    return experts["total"] * one + fixed, experts["active"] * one + fixed


def count(card):
    layers, hidden = card["layers"], card["hidden"]
    full, active = feed_forward(card)
    dense_layers = (card.get("experts") or {}).get("dense_layers", 0)
    dense = 3 * hidden * card["intermediate"] if dense_layers else 0
    common = (layers * (attention(card) + card["norms_per_layer"] * hidden) + hidden
              + dense_layers * dense)
    embedding = card["vocabulary"] * hidden
    ends = embedding if card["tied_embeddings"] else 2 * embedding
    sparse_layers = layers - dense_layers
    return (common + ends + sparse_layers * full,
            common + ends + sparse_layers * active,
            embedding)


def main():
    with open(os.path.join(HERE, "models.yaml")) as f:
        models = yaml.safe_load(f)["models"]
    bad = exact = 0
    for name, card in models.items():
        total, active, embedding = count(card)
        published = card["parameters"]
        off = total / published - 1
        line = f"{name:24} computed {total:>15,} published {published:>15,} {off:+.4%}"
        if total == published:
            exact += 1
            line += " exact"
        wrong = abs(off) > TOTAL_LIMIT
        wanted = card.get("active_parameters_published")
        if wanted:
            # publishers count the input embedding or not: the nearer of the two is compared
            near = min((active, active - embedding), key=lambda x: abs(x - wanted))
            drift = near / wanted - 1
            line += f"; active {near:,} published {wanted:,.0f} {drift:+.2%}"
            wrong = wrong or abs(drift) > ACTIVE_LIMIT
        if wrong:
            bad += 1
            line += "  WRONG"
        print(line)
    print(f"{len(models)} models, {exact} exact, {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
