import { load } from 'js-yaml';
import { takenAway, type Part } from '../support/description/takenAway';
import { projectFile } from './projectFile';

const now = load(projectFile('openapi.yaml')) as Part;
/** As the last version had it; a release puts its own in the place. */
const released = load(projectFile('test/guards/released/openapi.yaml')) as Part;

it('what a client of the last version relied on is still there', () => {
  expect(takenAway(released, now)).toEqual([]);
});

describe('It would be seen that', () => {
  it.each<[what: string, place: string, value: unknown, complaint: string]>([
    ['a route is gone', 'paths /account', undefined, 'GET /account is gone'],
    ['a method is gone', 'paths /lists/{name} delete', undefined, 'DELETE /lists/{name} is gone'],
    [
      'a good answer has another status',
      'paths /broadcast post responses 202',
      undefined,
      'POST /broadcast no longer answers 202',
    ],
    [
      'a parameter has become required',
      'paths /account get parameters',
      [{ in: 'query', name: 'which', required: true }],
      'GET /account: parameter query which has become required',
    ],
    [
      'a kind of file is no longer taken',
      'components requestBodies Broadcast content text/csv',
      undefined,
      'POST /broadcast: body: text/csv is gone',
    ],
    [
      'a field that may be sent is gone',
      'components schemas Rejection properties reason',
      undefined,
      'POST /broadcast/{id}/reject: body.reason is gone',
    ],
    [
      'a text must be shorter',
      'components schemas Rejection properties reason maxLength',
      1,
      'POST /broadcast/{id}/reject: body.reason has a narrower maxLength',
    ],
    [
      'a field of an answer is gone',
      'components schemas Broadcast properties name',
      undefined,
      'GET /broadcast/{id} 200.name is gone',
    ],
    [
      'a field of an answer may be missing',
      'components schemas Broadcast required 0',
      undefined,
      'GET /broadcast/{id} 200.id is no longer always there',
    ],
    [
      'a field of an answer has another type',
      'components schemas Broadcast properties text',
      { type: 'integer' },
      'GET /broadcast/{id} 200.text is now integer',
    ],
    [
      'a status is unknown',
      'components schemas BroadcastStatus enum 0',
      undefined,
      'GET /broadcast/{id} 200.status no longer knows awaiting_approval',
    ],
    ['webhooks are gone', 'webhooks event', undefined, 'the webhook event is gone'],
    [
      'a webhook has a header less',
      'webhooks event post parameters 0 name',
      'other-id',
      'the webhook event: the header webhook-id is gone',
    ],
    [
      'a webhook has a field less',
      'components schemas WebhookPayload properties timestamp',
      undefined,
      'the webhook event: body.timestamp is gone',
    ],
    [
      'an error has another name',
      'components responses Unauthenticated content application/problem+json schema allOf 1 properties type enum 0',
      '/docs/problems/wrong',
      'GET /account 401.type no longer knows /docs/problems/unauthenticated',
    ],
    [
      'errors say less',
      'components schemas Problem properties errors',
      undefined,
      'POST /broadcast 400.errors is gone',
    ],
    [
      'an error has another status',
      'paths /broadcast post responses 409',
      undefined,
      'POST /broadcast no longer answers 409',
    ],
    ['a key is shown in another way', 'components securitySchemes bearer', undefined, 'the key as bearer is gone'],
    [
      'a value is written in another way',
      'components schemas Broadcast properties id format',
      'email',
      'GET /broadcast/{id} 200.id has another format',
    ],
  ])('%s', (_what, place, value, complaint) => {
    expect(takenAway(released, changed([[place, value]]))).toContain(complaint);
  });

  it('and it is no complaint that something is new', () => {
    const more = changed([
      ['paths /news', { get: { responses: { 200: {} } } }],
      ['components schemas Broadcast properties mood', { type: 'string' }],
      ['components schemas BroadcastStatus enum 99', 'resting'],
    ]);
    expect(takenAway(released, more)).toEqual([]);
  });
});

/** A copy of the description with something else, or nothing, in some of its places. */
function changed(changes: readonly (readonly [place: string, value: unknown])[]): Part {
  const copy = structuredClone(released);
  for (const [place, value] of changes) {
    const keys = place.split(' ');
    const last = keys.pop()!;
    const parent = keys.reduce<unknown>((part, key) => (part as Part)[key], copy) as Record<string, unknown>;
    if (value !== undefined) parent[last] = value;
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else Reflect.deleteProperty(parent, last);
  }
  return copy;
}
