# SPDX-License-Identifier: GPL-3.0-or-later
#
#   docker build --build-arg COMMIT="$(git rev-parse --short=12 HEAD)" -t plimsoll .
#   docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" plimsoll check capacity/chat.yaml

FROM swift:6.3-bookworm AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends git libgsl-dev libsqlite3-dev libssl-dev make \
    pkg-config python3 zlib1g-dev \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
ARG COMMIT=
RUN PLIMSOLL_COMMIT="$COMMIT" Scripts/install.sh /opt/plimsoll

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends libgsl27 libsqlite3-0 libssl3 libstdc++6 zlib1g \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/plimsoll /usr/local
RUN plimsoll --version
WORKDIR /work
ENTRYPOINT ["plimsoll"]
