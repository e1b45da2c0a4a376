import { broadcastWhen, numbers } from '../../support/client';
import { expectTextedOnce } from '../../support/invariants';
import { addUpAndStop, allBatches, broadcast, LIST_ONLY } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

describe.each(ENGINES)('an outcome that could not be written, on %s', (engine) => {
  let test: TestService;
  afterEach(() => addUpAndStop(test));

  it('is looked up once its lease has run out, without a restart, and nobody is texted again', async () => {
    let aheadMs = 0;
    test = await startTestService({ engine, env: LIST_ONLY, clock: () => Date.now() + aheadMs });
    const { settling } = test.service.store;
    jest.spyOn(settling, 'recordAccepted').mockRejectedValueOnce(new Error('No database says so.'));
    const id = await broadcast(test, numbers(3));
    await broadcastWhen(test, id, ({ batches }) => batches['sending'] === 1 && test.simulator.texts().size === 3);
    if (engine === 'sqlite') aheadMs = 60_000;
    else await test.service.store.leases.expire({ soleOwner: 'whoever comes after' });
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, numbers(3));
  });
});
