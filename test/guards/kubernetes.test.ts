import { execFile } from 'node:child_process';
import { load, loadAll } from 'js-yaml';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseEnv } from '../../config/env';
import { lackingOf, titleOf } from '../examples/languages';
import { ENV_NAMES, specOf } from './envSpec';
import { projectFile, ROOT } from './projectFile';

const run = promisify(execFile);
const FOLDER = 'deploy/kubernetes';

type Probe = { readonly httpGet: { readonly path: string; readonly port: string } };
type Container = {
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
};
type Pod = {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string }[];
};
type Labels = { readonly matchLabels: Readonly<Record<string, string>> };
type Kustomization = {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
  readonly configMapGenerator: readonly { readonly name: string; readonly literals: readonly string[] }[];
};
type Spec = Readonly<Record<string, unknown>>;

const read = (file: string): unknown => load(projectFile(`${FOLDER}/${file}`));
const kustomization = read('kustomization.yaml') as Kustomization;
const deployment = read('deployment.yaml') as {
  metadata: { name: string };
  spec: { selector: Labels; template: { metadata: { labels: Labels['matchLabels'] }; spec: Pod } };
};
const service = read('service.yaml') as { spec: { selector: object; ports: [{ port: number; targetPort: string }] } };
const pod = deployment.spec.template.spec;
const [container] = pod.containers;
const literals = kustomization.configMapGenerator.flatMap((one) => one.literals).map((line) => line.split('='));
const names = [...container.env.map(({ name }) => name), ...literals.map(([name = '']) => name)];

describe('what Kubernetes is given', () => {
  it('is all of the folder, one thing a file', () => {
    const files = readdirSync(join(ROOT, FOLDER)).filter((name) => name !== 'kustomization.yaml');
    expect([...kustomization.resources].sort()).toEqual(files.sort());
    for (const file of files) expect(loadAll(projectFile(`${FOLDER}/${file}`))).toHaveLength(1);
  });

  it('sets variables that there are, each from a file where it is a secret', () => {
    const known = ENV_NAMES.flatMap((name) => [name, `${name}_FILE`]);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    for (const secret of ['API_KEY', 'PLIVO_AUTH_ID', 'PLIVO_AUTH_TOKEN', 'DATABASE_URL', 'METRICS_TOKEN'])
      expect(names).toContain(`${secret}_FILE`);
  });

  it('is a configuration that the service starts with, in the image that there is', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
    try {
      const secrets = container.volumeMounts.find(({ name }) => name === 'secrets')!.mountPath;
      const [image] = [...projectFile('Dockerfile').matchAll(/DATABASE_URL=(\S+)/g)].map(([, url = '']) => url);
      const env = Object.fromEntries<string>([
        ['DATABASE_URL', image!],
        ['NODE_ENV', 'production'],
      ]);
      for (const [name = '', value = ''] of literals) env[name] = value;
      for (const { name, value } of container.env) {
        env[name] = value.replace(secrets, folder);
        if (name.endsWith('_FILE')) writeFileSync(env[name], `${SECRETS[name] ?? ''}\n`);
      }
      expect(parseEnv(env)).toMatchObject({ DATABASE_URL: SECRETS['DATABASE_URL_FILE'], METRICS_TOKEN: 'token' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('asks for the health that the service tells, at the port that it listens on', () => {
    const { paths } = load(projectFile('openapi.yaml')) as { paths: object };
    const { startupProbe, livenessProbe, readinessProbe } = container;
    expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
      '/health/live',
      '/health/live',
      '/health/ready',
    ]);
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/health/live', '/health/ready']));
    const port = specOf('PORT').default;
    expect(container.ports).toEqual([{ name: 'http', containerPort: port }]);
    expect(service.spec.ports).toMatchObject([{ port, targetPort: 'http' }]);
    expect(JSON.stringify(read('network.yaml'))).toContain(`"port":${String(port)}`);
  });

  it('gives calls that are under way the time that the service waits for them', () => {
    const waitsMs = Number(/(\d+)\)$/.exec(container.lifecycle.preStop.exec.command.at(-1) ?? '')?.[1]);
    const drainsMs = Number(specOf('SHUTDOWN_TIMEOUT_MS').default);
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(waitsMs + drainsMs + 5000);
  });

  it('goes together: names, labels and volumes are those of the deployment', () => {
    const { matchLabels } = deployment.spec.selector;
    expect(deployment.spec.template.metadata.labels).toEqual(matchLabels);
    expect(service.spec.selector).toEqual(matchLabels);
    expect((read('disruption.yaml') as { spec: { selector: Labels } }).spec.selector.matchLabels).toEqual(matchLabels);
    expect((read('network.yaml') as { spec: { podSelector: Labels } }).spec.podSelector.matchLabels).toEqual(
      matchLabels,
    );
    expect((read('scaling.yaml') as { spec: Spec }).spec['scaleTargetRef']).toMatchObject({
      kind: 'Deployment',
      name: deployment.metadata.name,
    });
    expect(kustomization.images).toMatchObject([{ name: container.image }]);
    const volumes = pod.volumes.map(({ name }) => name);
    expect(container.volumeMounts.map(({ name }) => name).sort()).toEqual(volumes.sort());
  });
});

const SECRETS: Readonly<Record<string, string>> = {
  API_KEY_FILE: 'key-0123456789abcdef',
  PLIVO_AUTH_ID_FILE: 'MATESTACCOUNT0000000',
  PLIVO_AUTH_TOKEN_FILE: 'test-auth-token-0123456789',
  DATABASE_URL_FILE: 'postgres://sms:secret@postgres:5432/sms',
  METRICS_TOKEN_FILE: 'token',
};

const lacks = lackingOf([['kubectl', 'help']]);

describe(titleOf('kubectl', lacks), () => {
  const itHere = lacks.length === 0 ? it : it.skip;

  itHere('puts it together', async () => {
    const { stdout } = await run('kubectl', ['kustomize', FOLDER], { cwd: ROOT });
    const made = loadAll(stdout) as { kind: string }[];
    expect(made.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'HorizontalPodAutoscaler',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
    ]);
  });
});
