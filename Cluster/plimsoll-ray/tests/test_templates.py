# SPDX-License-Identifier: GPL-3.0-or-later
"""The templates for AWS Batch and Kubernetes against the schemas of their services; neither was tried itself."""

import json
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

TEMPLATES = ROOT / "Cluster/templates"


def problems_of_batch(job: dict[str, object]) -> str:
    """Say what the model of AWS Batch that botocore holds does not allow."""
    session = pytest.importorskip("botocore.session")
    validate = pytest.importorskip("botocore.validate")
    shape = session.get_session().get_service_model("batch").operation_model("SubmitJob").input_shape
    report: str = validate.ParamValidator().validate(job, shape).generate_report()
    return report


def test_aws_batch_takes_its_template() -> None:
    job = json.loads((TEMPLATES / "aws-batch.json").read_text())
    assert problems_of_batch(job) == ""
    assert 2 <= job["arrayProperties"]["size"] <= 10_000
    for key, value in [("arrayProperties", {"sise": 3}), ("retryStrategy", {"attempts": "4"}), ("job", "x")]:
        assert problems_of_batch({**job, key: value}) != ""


def test_kubernetes_takes_its_template() -> None:
    kubernetes = pytest.importorskip("kubernetes_validate")
    job = yaml.safe_load((TEMPLATES / "kubernetes.yaml").read_text())
    kubernetes.validate(job, "1.29", strict=True)
    # Final codes end an index; a node that goes is no failure.
    rules = job["spec"]["podFailurePolicy"]["rules"]
    assert rules[0]["onExitCodes"]["values"] == [64, 65, 66, 70]
    del job["spec"]["template"]["spec"]["containers"][0]["name"]
    with pytest.raises(kubernetes.ValidationError):
        kubernetes.validate(job, "1.29", strict=True)


def test_slurm_template_tries_again_what_may_be_tried_again() -> None:
    text = Path(TEMPLATES / "slurm.sh").read_text()
    assert "#SBATCH --requeue" in text
    assert "-eq 75" in text
