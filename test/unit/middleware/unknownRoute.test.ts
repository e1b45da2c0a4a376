import fc from 'fast-check';
import { KNOWN_PATHS, nearestPath } from '../../../src/middleware/unknownRoute';

describe('Who asks for a path that there is not is told of', () => {
  test.each([
    ['/broadcasts', '/broadcast'],
    ['/Broadcast/', '/broadcast'],
    ['/brodcast', '/broadcast'],
    ['/send', '/broadcast'],
    ['/messages', '/broadcast'],
    ['/broadcasts/preview', '/broadcast/preview'],
    ['/broadcasts/226a3cf5-b326-479d-89c9-67ab50719ad8', '/broadcast/{id}'],
    ['/broadcast/226a3cf5-b326-479d-89c9-67ab50719ad8/recipient', '/broadcast/{id}/recipients'],
    ['/broadcast/226a3cf5-b326-479d-89c9-67ab50719ad8/stop', '/broadcast/{id}/cancel'],
    ['/api/broadcast', '/broadcast'],
    ['/api/v1/optouts', '/opt-outs'],
    ['/optouts', '/opt-outs'],
    ['/opt-out', '/opt-outs'],
    ['/opt_outs', '/opt-outs'],
    ['/optout/+14155550101', '/opt-outs/{number}'],
    ['/opt-out/import', '/opt-outs/import'],
    ['/recipient/+14155550101', '/recipients/{number}'],
    ['/people/%2B14155550101', '/recipients/{number}'],
    ['/webhooks/plivo/inbounds', '/webhooks/plivo/inbound'],
    ['/webhook/plivo/status/abc', '/webhooks/plivo/status/{token}'],
  ])('%s: %s', (path, known) => {
    expect(nearestPath(path)).toBe(known);
  });

  test.each(['/', '/no/such/path', '/wp-admin.php', '/broadcast/1/2/3/4', `/${'a'.repeat(10_000)}`])(
    'none, where it is like none: %s',
    (path) => {
      expect(nearestPath(path)).toBeNull();
    },
  );

  it('one of those that there are, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const nearest = nearestPath(path);
        expect(nearest === null || (KNOWN_PATHS as readonly string[]).includes(nearest)).toBe(true);
      }),
    );
  });
});
