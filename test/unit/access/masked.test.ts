import { masked } from '../../../src/domain/access/audit';

it.each([
  ['+14155550101', '+1415*****01'],
  ['+4930123', '+493****'],
  ['+290123', '+29****'],
  ['+1234', '+****'],
])('of %s the log shows %s', (number, shown) => {
  expect(masked(number)).toBe(shown);
});
