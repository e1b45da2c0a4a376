import type { Broadcast } from '../../api/types';
import { t } from '../../texts';
import { country, money, number } from '../../texts/format';
import { Card } from '../../widgets/looks';

/** What it costs, as estimated and as reported, and where. */
export function Money({ broadcast: { cost, countries, delivery } }: { broadcast: Broadcast }) {
  const currency = cost.estimated?.currency ?? 'USD';
  const isReported = cost.reported.units > 0 || delivery.delivered > 0;
  return (
    <Card title={t.one.cost}>
      <dl class="figures">
        <div>
          <dt>{t.one.reported}</dt>
          <dd>{isReported ? money(cost.reported.amount, currency) : '–'}</dd>
        </div>
        <div>
          <dt>{t.one.estimated}</dt>
          <dd>{cost.estimated === null ? '–' : money(cost.estimated.amount, currency)}</dd>
          {cost.estimated?.carrierFees !== undefined && (
            <dd class="small">{t.one.carrier(money(cost.estimated.carrierFees, currency))}</dd>
          )}
          {cost.estimated === null && <dd class="small">{t.one.noEstimate}</dd>}
        </div>
      </dl>
      {countries.length > 0 && (
        <table class="plain">
          <caption class="unseen">{t.one.countries}</caption>
          <thead>
            <tr>
              <th scope="col">{t.one.countries}</th>
              <th scope="col" class="num">
                {t.one.people}
              </th>
              <th scope="col" class="num">
                {t.one.cost}
              </th>
            </tr>
          </thead>
          <tbody>
            {countries.map((one) => (
              <tr key={one.country}>
                <td>{country(one.country)}</td>
                <td class="num">{number(one.recipients)}</td>
                <td class="num">{one.units > 0 ? money(one.cost, currency) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
