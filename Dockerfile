# syntax=docker/dockerfile:1
# One image for web, ingest, worker, beat and migrate; docker-compose.yml gives each its command.

FROM python:3.11-slim-bookworm AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir uv
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev
COPY manage.py ./
COPY advisor advisor
RUN python -m advisor.compile
COPY templates templates
COPY static static
COPY agents/python/src agents/python/src
COPY agents/node agents/node
ENV PATH=/app/.venv/bin:$PATH ADVISOR_HOME=/srv/advisor
RUN ADVISOR_SECRET_KEY=build python manage.py collectstatic --noinput

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/advisor advisor
COPY --from=build /app /app
COPY --from=build --chown=advisor /srv/advisor /srv/advisor
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH ADVISOR_HOME=/srv/advisor PYTHONUNBUFFERED=1
USER advisor
EXPOSE 8000 8001
