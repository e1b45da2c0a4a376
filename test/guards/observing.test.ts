import { execFile } from 'node:child_process';
import { load } from 'js-yaml';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lackingOf, titleOf } from '../examples/languages';
import { get, numbers, postBroadcast, reportedAndOver } from '../support/client';
import { startTestService } from '../support/testService';
import { projectFile, ROOT, sectionOf, tableRows } from './projectFile';
import { metricsIn } from './promql';

const run = promisify(execFile);

type Alert = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};
type Panel = { readonly title: string; readonly type: string; readonly targets?: readonly { readonly expr: string }[] };

const rules = load(projectFile('deploy/prometheus/alerts.yml')) as { groups: { rules: Alert[] }[] };
const alerts = rules.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(projectFile('deploy/grafana/dashboards/broadcaster.json')) as { panels: Panel[] };
const runbook = projectFile('docs/runbook.md');
const compose = load(projectFile('compose.yaml')) as {
  services: Record<string, { profiles?: string[]; volumes?: string[]; secrets?: string[] }>;
  secrets: Record<string, { environment: string }>;
};

/** What Prometheus itself has. */
const OWN_OF_PROMETHEUS = ['up'];

let text: string;
/** What may be asked for: each metric, and of histograms the series that they consist of. */
let known: ReadonlySet<string>;
let named: readonly string[];
beforeAll(async () => {
  const test = await startTestService();
  try {
    const id = (await postBroadcast(test, { message: 'Hi', recipients: numbers(3) }).expect(202)).body.id as string;
    await reportedAndOver(test, id, 3);
    text = (await get(test, '/metrics').expect(200)).text;
  } finally {
    await test.stop();
  }
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
  named = types.map(({ name }) => name);
  const series = types.flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => `${name}${end}`) : [name],
  );
  known = new Set([...series, ...OWN_OF_PROMETHEUS]);
});

const unknownIn = (expression: string) => metricsIn(expression).filter((name) => !known.has(name));

describe('the alerts', () => {
  it.each(alerts.map(({ alert, expr }) => [alert, expr]))('%s asks only for what the service tells', (_alert, expr) => {
    expect(metricsIn(expr).length).toBeGreaterThan(0);
    expect(unknownIn(expr)).toEqual([]);
  });

  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    '%s says what is wrong, how urgent it is, and where the runbook tells what to do',
    (name, { labels, annotations }) => {
      expect(Object.keys(annotations).sort()).toEqual(['runbook', 'summary']);
      expect(['page', 'ticket']).toContain(labels['severity']);
      expect(annotations['runbook']).toBe(`docs/runbook.md#${name.toLowerCase()}`);
    },
  );

  it('are those that the runbook has, in its order', () => {
    const headings = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(alerts.map(({ alert }) => alert));
  });

  it('are each tried out by promtool: that they come, and that no other does', () => {
    const tests = projectFile('deploy/prometheus/alerts.test.yml');
    expect(alerts.map(({ alert }) => alert).filter((name) => !tests.includes(`alertname="${name}"`))).toEqual([]);
  });
});

describe('the runbook', () => {
  it.each(alerts.map(({ alert }) => alert))('tells of %s what it means, what to look at and what to do', (alert) => {
    const part = sectionOf(runbook, `## ${alert}`);
    for (const word of ['**Means:**', '**Look:**', '**Do:**']) expect(part).toContain(word);
  });

  it('names only metrics that there are', () => {
    const names = [...runbook.matchAll(/`((?:broadcaster|plivo|http|nodejs|process|metrics)_\w+)`/g)].map(
      ([, name = '']) => name,
    );
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !named.includes(name))).toEqual([]);
  });

  it('asks only for what the description has, with parameters that are there', () => {
    const description = load(projectFile('openapi.yaml')) as Description;
    const calls = [...runbook.matchAll(/curl (?:-X (\w+) )?"\$URL(\/[^"?]*)(?:\?([^"]*))?"([^\n]*)/g)];
    expect(calls.length).toBeGreaterThan(15);
    for (const [call, stated, path = '', query = '', rest = ''] of calls) {
      const method = stated ?? (rest.includes(' -d ') ? 'POST' : 'GET');
      const asked = query.split('&').flatMap((pair) => (pair === '' ? [] : [pair.split('=')[0]!]));
      const allowed = parametersOf(description, method.toLowerCase(), path);
      expect({ call, unknown: allowed === null ? 'route' : asked.filter((name) => !allowed.includes(name)) }).toEqual({
        call,
        unknown: [],
      });
    }
  });
});

type Parameter = { readonly name?: string; readonly $ref?: string };
type Operation = { readonly parameters?: readonly Parameter[] };
type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, { readonly name: string }>> };
};

/** The names of an operation's parameters; null where there is no such operation. */
function parametersOf(description: Description, method: string, path: string): string[] | null {
  const isThis = (template: string) => {
    const [asked, described] = [path.split('/'), template.split('/')];
    return (
      asked.length === described.length && described.every((part, at) => part.startsWith('{') || part === asked[at])
    );
  };
  const found = Object.entries(description.paths).find(([template, item]) => isThis(template) && method in item);
  if (found === undefined) return null;
  const { parameters = [] } = found[1][method]!;
  return parameters.map(
    ({ name, $ref = '' }) => name ?? description.components.parameters[$ref.split('/').at(-1) ?? '']?.name ?? '',
  );
}

describe('the metrics', () => {
  it('are those that docs/running.md explains', () => {
    const listed = tableRows(sectionOf(projectFile('docs/running.md'), '## Watching it')).map(({ name }) => name);
    expect(listed.sort()).toEqual([...named].sort());
  });

  it('are all on the dashboard', () => {
    const shown = dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr)));
    const roots = new Set(shown.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    expect(named.filter((name) => !roots.has(name))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it.each(
    dashboard.panels.filter(({ type }) => type !== 'row').map(({ title, targets = [] }) => [title, targets] as const),
  )('"%s" shows only what the service tells', (_title, targets) => {
    expect(targets.length).toBeGreaterThan(0);
    for (const { expr } of targets) expect(unknownIn(expr)).toEqual([]);
  });
});

it('Compose starts Prometheus and Grafana with the profile watch, and Prometheus with the token that the service takes', () => {
  const { prometheus, grafana, sms } = compose.services;
  expect([prometheus?.profiles, grafana?.profiles, sms?.profiles]).toEqual([['watch'], ['watch'], undefined]);
  const [secret = ''] = prometheus?.secrets ?? [];
  expect(compose.secrets[secret]).toEqual({ environment: 'METRICS_TOKEN' });
  expect(projectFile('deploy/prometheus/prometheus.yml')).toContain(`credentials_file: /run/secrets/${secret}`);
});

const lacks = lackingOf([['promtool', '--version']]);

describe(titleOf('promtool', lacks), () => {
  const itHere = lacks.length === 0 ? it : it.skip;
  const folder = join(ROOT, 'deploy/prometheus');

  itHere.each([
    ['takes the configuration', ['check', 'config', '--syntax-only', 'prometheus.yml']],
    ['takes the rules', ['check', 'rules', 'alerts.yml']],
    ['sees each alert come when it should, and no other', ['test', 'rules', 'alerts.test.yml']],
  ])('%s', async (_title, args) => {
    await expect(run('promtool', args, { cwd: folder })).resolves.toMatchObject({ stderr: '' });
  });

  itHere('finds nothing to say against the metrics', async () => {
    const checking = run('promtool', ['check', 'metrics']);
    checking.child.stdin?.end(text);
    expect(await checking).toEqual({ stdout: '', stderr: '' });
  });

  itHere('reads every expression of the dashboard', async () => {
    const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const record = expressions.map((expr, at) => ({
      record: `panel:${at}`,
      expr: expr.replaceAll('$__rate_interval', '1m'),
    }));
    const folderOfOwn = mkdtempSync(join(tmpdir(), 'dashboard-'));
    try {
      const file = join(folderOfOwn, 'expressions.yml');
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: record }] }));
      await expect(run('promtool', ['check', 'rules', file])).resolves.toMatchObject({ stderr: '' });
    } finally {
      rmSync(folderOfOwn, { recursive: true });
    }
  });
});
