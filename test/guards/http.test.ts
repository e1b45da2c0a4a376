import express from 'express';
import request from 'supertest';
import { ServiceError, type ErrorCode } from '../../src/domain/errors';
import { BATCH_STATUSES } from '../../src/domain/states/batchState';
import { BROADCAST_STATUSES } from '../../src/domain/states/broadcastState';
import { CANARY_STATUSES } from '../../src/domain/states/canaryState';
import { RECIPIENT_STATUSES } from '../../src/domain/states/recipientState';
import { errorHandler } from '../../src/middleware/errorHandler';
import { API_KEY, startTestService } from '../support/testService';
import { projectFile, sectionOf, tableRows } from './projectFile';

const document = projectFile('docs/http.md');

describe('the states in docs/http.md', () => {
  const section = sectionOf(document, '## What the states mean');

  it.each([
    ...BROADCAST_STATUSES.map((status) => ['broadcast', status]),
    ...BATCH_STATUSES.map((status) => ['batch', status]),
    ...RECIPIENT_STATUSES.map((status) => ['person', status]),
  ])('explain what it means for a %s to be "%s"', (whose, status) => {
    expect(sectionOf(section, `### A ${whose}`)).toContain(`\`${status}\``);
  });
});

it.each(CANARY_STATUSES)('docs/http.md explains what it means for a canary to be "%s"', (status) => {
  expect(sectionOf(document, '### A few first')).toContain(`\`${status}\`: `);
});

describe('the errors in docs/http.md', () => {
  const rows = tableRows(sectionOf(document, '## Errors')).map(({ name, cells: [status] }) => [name, Number(status)]);
  const [, union = ''] = projectFile('src/domain/errors.ts').split('export type ErrorCode =');
  const codes = [...union.matchAll(/\| '(\w+)'/g)].map(([, code = '']) => code as ErrorCode);

  it('are all there are, each once', () => {
    expect(codes).not.toEqual([]);
    expect(rows.map(([code]) => code).sort()).toEqual([...codes, 'internal_error'].sort());
  });

  it.each(rows)('%s has the status %s', async (code, status) => {
    const silent = { error: jest.fn(), warn: jest.fn(), info: jest.fn(), debug: jest.fn() };
    const app = express();
    app.get('/', () => {
      throw code === 'internal_error' ? new Error() : new ServiceError(code as ErrorCode, '');
    });
    app.use(errorHandler({ logger: silent, isStorageUnavailable: () => false }));
    const answer = await request(app).get('/');
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ type: `/docs/problems/${code}`, status });
  });
});

it('the fields in docs/http.md are those that a broadcast may have', async () => {
  const listed = tableRows(sectionOf(document, '### Fields')).map(({ name }) => name);
  const test = await startTestService();
  try {
    const answer = await request(test.url).post('/broadcast').set('x-api-key', API_KEY).send({ unheardOf: 1 });
    const [, fields = ''] = /the fields are ([\w, ]+)/.exec(answer.text) ?? [];
    expect(listed.sort()).toEqual(fields.split(', ').sort());
  } finally {
    await test.stop();
  }
});
