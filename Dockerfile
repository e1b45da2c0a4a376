# syntax=docker/dockerfile:1
# Built in one image, run in another that has no compiler, no sources and no package manager's cache.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package needs an install script, neither to build nor to run.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# The bill of materials stands beside what was built: of some packages that are not installed in the end, parts are in the dashboard.
RUN npm run build && npm run --silent sbom > dist/sbom.cdx.json && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    DATABASE_URL=sqlite:/data/broadcaster.db
WORKDIR /app
# Owned by root: what runs cannot change itself. Only /data is written to, so the rest may be mounted read-only.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN install --directory --owner=node --group=node --mode=0700 /data
USER node
VOLUME /data
EXPOSE 3000
# Dispatch drains for SHUTDOWN_TIMEOUT_MS (10 s) after this; Docker kills after 10 s of its own, so give it more: --stop-timeout 20.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/server.js"]
