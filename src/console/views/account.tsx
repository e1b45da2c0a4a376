import { useLive } from '../api/live';
import { ask } from '../api/request';
import type { Account as AccountAnswer } from '../api/types';
import { t } from '../texts';
import { ago, money, near, number } from '../texts/format';
import { Icon } from '../widgets/icon';
import { Card, NotYet } from '../widgets/looks';

const EVERY_MS = 10_000;

/** Whether texts go, and if not, why. */
export function Account() {
  const { known, refresh } = useLive('account', (signal) => ask<AccountAnswer>('account', { signal }), EVERY_MS);
  const { value, error } = known.value;
  return (
    <>
      <header class="head">
        <h1>{t.accountView.title}</h1>
        <p class="hint">{t.accountView.lead}</p>
      </header>
      <NotYet value={value} error={error} onRetry={refresh} />
      {value !== null && (
        <>
          <Faults faults={value.faults} />
          <div class="tiles">
            <Balance account={value} />
            <Queue queue={value.queue} />
            <Pace pace={value.pace} />
          </div>
          <Senders senders={value.senders} />
          <Card title={t.accountView.inbound}>
            {value.inboundUrl === null ? (
              <p class="notice warn">{t.accountView.noInbound}</p>
            ) : (
              <>
                <p class="hint">{t.accountView.inboundHint}</p>
                <code>{value.inboundUrl}</code>
              </>
            )}
          </Card>
        </>
      )}
    </>
  );
}

function Faults({ faults }: Pick<AccountAnswer, 'faults'>) {
  if (faults.length === 0)
    return (
      <p class="notice good">
        <Icon name="done" />
        <strong>{t.accountView.fine}.</strong> {t.accountView.fineText}
      </p>
    );
  return (
    <>
      {faults.map(({ concerns, message, since, retryAt }) => (
        <div key={concerns} class="notice bad">
          <Icon name="alert" />
          <strong>{message}</strong>
          <p>
            {t.accountView.since(ago(since))}
            {retryAt !== null && `, ${t.accountView.retry(near(retryAt))}`}
          </p>
        </div>
      ))}
    </>
  );
}

function Balance({ account: { balance, reserve } }: { account: AccountAnswer }) {
  const { amount, currency, readAt, error } = balance;
  return (
    <Card title={t.accountView.balance}>
      <p class="big">{amount === null ? t.accountView.unknownBalance : money(amount, currency)}</p>
      {readAt !== null && <p class="small">{t.accountView.asOf(ago(readAt))}</p>}
      {error !== null && <p class="bad-text">{error.message}</p>}
      {reserve !== null && (
        <p class="small">
          {t.accountView.reserve(money(reserve.minimum, reserve.currency), money(reserve.handedOver, reserve.currency))}
        </p>
      )}
    </Card>
  );
}

function Queue({ queue }: Pick<AccountAnswer, 'queue'>) {
  return (
    <Card title={t.accountView.queue}>
      <p class="big">{t.accountView.parts(queue.segments)}</p>
      <p class="small">{t.accountView.queueOf(queue.broadcasts, queue.calls)}</p>
      {queue.plivoBusyUntil !== null && <p class="small">{t.accountView.busy(queue.plivoBusyUntil)}</p>}
    </Card>
  );
}

function Pace({ pace }: Pick<AccountAnswer, 'pace'>) {
  return (
    <Card title={t.accountView.pace}>
      <p class="big">
        {pace.segmentsPerSecond === null ? t.accountView.noPace : t.accountView.perSecond(pace.segmentsPerSecond)}
      </p>
      <p class="small">{t.accountView.paceOf(pace.recipientsPerCall, pace.callsAtOnce)}</p>
    </Card>
  );
}

function Senders({ senders }: Pick<AccountAnswer, 'senders'>) {
  return (
    <Card title={t.accountView.senders}>
      <div class="scroll" tabIndex={0} role="region" aria-label={t.accountView.senders}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.accountView.sender}</th>
              <th scope="col">{t.accountView.beginning}</th>
              <th scope="col" class="num">
                {t.accountView.rate}
              </th>
              <th scope="col" class="num">
                {t.accountView.waiting}
              </th>
            </tr>
          </thead>
          <tbody>
            {senders.map((one) => (
              <tr key={one.sender}>
                <td>{one.sender}</td>
                <td class="soft">
                  {one.numbersBeginning
                    .map((beginning) => (beginning === '*' ? t.accountView.others : beginning))
                    .join(', ')}
                </td>
                <td class="num">
                  {one.segmentsPerSecond === null ? '–' : t.accountView.perSecond(one.segmentsPerSecond)}
                </td>
                <td class="num">{number(one.segmentsWaiting)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
