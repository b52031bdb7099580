# The product without the servers it needs: web, worker and beat, run by compose.yaml.
FROM debian:bookworm-slim AS build
ENV DEBIAN_FRONTEND=noninteractive PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv
COPY requirements.txt /build/
# Tests of packages are never run here: leaving them and pip out saves a fifth of the image.
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-compile --require-hashes -r /build/requirements.txt \
    && /opt/venv/bin/pip uninstall -y pip setuptools \
    && find /opt/venv -type d \( -name tests -o -name __pycache__ \) -prune -exec rm -r {} + \
    && find /opt/venv -name '*.po' -delete
COPY . /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH DATA=/data STATIC_ROOT=/app/staticfiles
RUN for file in locale/*/LC_MESSAGES/*.po; do \
        python -m babel.messages.frontend --quiet compile --input-file "$file" --output-file "${file%.po}.mo"; \
    done \
    && python manage.py collectstatic --noinput --verbosity 0 \
    && rm -r /opt/venv/lib/python3*/site-packages/drf_spectacular_sidecar/static \
    && python -m compileall -q .

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/*.log /var/log/apt \
    && useradd --system --uid 10001 --home-dir /data --create-home csplatform
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH DATA=/data STATIC_ROOT=/app/staticfiles PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER csplatform
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "csplatform.wsgi", "-c", "csplatform/gunicorn.py", "-b", "0.0.0.0:8000"]
