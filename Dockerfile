# One image for every process of the production shape (compose.yaml says which command each runs).
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/gerak112

# pg_dump, pg_restore and psql, of the database's major version: `manage.py backup` and `restore`.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/*

COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY manage.py ./
COPY config ./config
COPY incidents ./incidents
COPY notifications ./notifications
COPY responders ./responders
COPY locale ./locale

# The names are only needed to read the settings; nothing is contacted and nothing is kept.
RUN DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost \
    GERAK_SECRET_KEY=build GERAK_TELEPHONY_SECRET=build python manage.py collectstatic --noinput \
    && useradd --system --create-home --home-dir /var/lib/gerak112 gerak \
    && install -d -o gerak -g gerak -m 0700 /var/lib/gerak112/data /var/lib/gerak112/backups

USER gerak
ENV GERAK_DATA_DIR=/var/lib/gerak112/data
VOLUME /var/lib/gerak112/data
# Which process it is, compose.yaml or the cluster says; the same words stand in docs/deploy/.
