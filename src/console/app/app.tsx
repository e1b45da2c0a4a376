import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Refused } from '../api/faults';
import { askWhoIs } from '../api/self';
import { enterWithoutKey, key } from '../api/session';
import { SignIn } from '../views/signIn';
import { Loading } from '../widgets/looks';
import { Shell } from './shell';

/** The sign-in, or the views. A service that asks for no key is found out by asking without one. */
export function App() {
  const isTried = useSignal(key.value !== null);
  useEffect(() => {
    if (isTried.value) return;
    askWhoIs('')
      .then(enterWithoutKey)
      .catch((error: unknown) => error instanceof Refused)
      .finally(() => {
        isTried.value = true;
      });
  }, []);
  if (!isTried.value) return <Loading />;
  return key.value === null ? <SignIn /> : <Shell />;
}
