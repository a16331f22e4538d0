# One image for all our processes; docker-compose.yml says which npm script a container runs.
FROM node:22.16.0-bookworm-slim AS app
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund
COPY . .
# Volumes take over owner and mode of these folders when they are first made.
RUN install -d -o node -g node -m 0700 /data /keystore
USER node

# The admin UI is built when its container runs, into the volume that the API serves.
FROM node:22.16.0-bookworm-slim AS admin-ui
WORKDIR /app/admin-ui
COPY admin-ui/package.json admin-ui/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY admin-ui .
RUN install -d -o node -g node dist && chown node:node /app/admin-ui
USER node
