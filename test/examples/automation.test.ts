import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { projectFile, SCRIPTS } from '../guards/projectFile';
import { API_KEY, startTestService, type TestService } from '../support/testService';
import { lackingOf, runProgram, titleOf } from './languages';

type Step = { name?: string; run?: string };
type Job = { needs?: string; steps: Step[] };

const github = load(projectFile('examples/github-actions.yml')) as { jobs: Record<'gate' | 'announce', Job> };
const gitlab = load(projectFile('examples/gitlab-ci.yml')) as {
  stages: string[];
} & Record<'gate' | 'announce', { stage: string; script: string[] }>;

const scripts = {
  github: {
    gate: github.jobs.gate.steps.map(({ run = '' }) => run).join('\n'),
    announce: github.jobs.announce.steps.map(({ run = '' }) => run).join('\n'),
  },
  gitlab: { gate: gitlab.gate.script.join('\n'), announce: gitlab.announce.script.join('\n') },
};
const jobs = [
  {
    name: 'GitHub',
    ...scripts.github,
    lacks: lackingOf([
      ['curl', '--version'],
      ['jq', '--version'],
    ]),
  },
  { name: 'GitLab', ...scripts.gitlab, lacks: lackingOf([['curl', '--version']]) },
].map((job) => ({ ...job, title: titleOf(job.name, job.lacks) }));

describe.each(jobs)('the CI jobs of $title', ({ gate, announce, lacks }) => {
  const itHere = lacks.length === 0 ? it : it.skip;
  let test: TestService;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ci-'));
    test = await startTestService();
  });
  beforeEach(() => test.simulator.reset());
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await test.stop();
  });

  const announcing = (env: Record<string, string> = {}) =>
    runProgram(['sh', '-ec', `cd '${folder}'\n${announce}`], {
      env: {
        SMS_URL: test.url,
        SMS_KEY: API_KEY,
        SMS_MESSAGE: 'Version 4 is "out" at $HOME.',
        SMS_RECIPIENTS: '+14155550101,+14155550102',
        GITHUB_RUN_ID: '4711',
        CI_PIPELINE_ID: '4711',
        ...env,
      },
    });

  it('let nobody be texted before the service was looked over', () => {
    expect(gate).toContain('npm run smoke -- --url "$SMS_URL" --key "$SMS_KEY"');
    expect(gate).not.toContain('--to');
    expect(github.jobs.announce.needs).toBe('gate');
    expect(gitlab.stages.indexOf(gitlab.gate.stage)).toBeLessThan(gitlab.stages.indexOf(gitlab.announce.stage));
  });

  it('name commands that there are', () => {
    const named = [...gate.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script);
    expect(named.length).toBeGreaterThan(0);
    for (const script of named) expect(SCRIPTS).toContain(script);
  });

  itHere('show a dry run and send just that, once, however often the job runs', async () => {
    const [first, second] = [await announcing(), await announcing()];
    for (const { code, stderr } of [first, second]) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { stdout } of [first, second]) expect(stdout).toMatch(/"digest":.*"status":"/s);
    expect([...test.simulator.texts().values()]).toEqual([1, 1]);
    expect(test.simulator.textsOf('+14155550101').map(({ text }) => text)).toEqual(['Version 4 is "out" at $HOME.']);
  });

  itHere('fail with the reason where the dry run shows a fault, and send nothing', async () => {
    const { code, stdout } = await announcing({ SMS_RECIPIENTS: '+14155550101,+1415' });
    expect(code).not.toBe(0);
    expect(stdout).toContain('too short');
    expect(test.simulator.texts().size).toBe(0);
  });
});

describe('the workflow for n8n', () => {
  type Node = { name: string; type: string; parameters: Record<string, unknown>; retryOnFail?: boolean };
  type Workflow = { nodes: Node[]; connections: Record<string, { main: { node: string }[][] }> };
  const { nodes, connections } = JSON.parse(projectFile('examples/n8n-workflow.json')) as Workflow;
  const named = (name: string) => nodes.find((node) => node.name === name)!;
  const next = (name: string) => connections[name]?.main.map((output) => output.map(({ node }) => node)) ?? [];

  it('joins nodes that it has, each of which is reached from where it begins', () => {
    const names = nodes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const reached = new Set(nodes.filter(({ type }) => /[tT]rigger$|webhook$/.test(type)).map(({ name }) => name));
    expect(reached.size).toBe(2);
    for (const name of reached) for (const one of next(name).flat()) reached.add(one);
    expect([...reached].sort()).toEqual([...names].sort());
  });

  it('sends under one Idempotency-Key at every try, with the key of the service from a credential', () => {
    const { parameters, retryOnFail } = named('Send');
    expect(parameters).toMatchObject({
      method: 'POST',
      url: '={{ $json.url }}/broadcast',
      genericAuthType: 'httpHeaderAuth',
    });
    expect(JSON.stringify(parameters)).toContain('{"name":"Idempotency-Key","value":"={{ $json.idempotencyKey }}"}');
    expect(retryOnFail).toBe(true);
    expect(projectFile('examples/n8n-workflow.json')).not.toMatch(/x-api-key"/);
  });

  it('looks again until it is over, and fails where not all went', () => {
    expect(next('Is it over')).toEqual([['Did all go'], ['Wait']]);
    expect(next('Did all go')).toEqual([['Sent'], ['Failed']]);
    expect(named('Failed').type).toBe('n8n-nodes-base.stopAndError');
  });
});
