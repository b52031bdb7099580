"""Settings of the web server: gunicorn csplatform.wsgi -c csplatform/gunicorn.py

WEB_CONCURRENCY and WEB_THREADS say how many processes there are, and how many threads in each.
"""

import os

worker_class = "csplatform.web.serving.BufferingWorker"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
worker_connections = 1000  # of each process; they cost no thread
control_socket_disable = True
