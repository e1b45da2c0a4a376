import { keyIdOf, OPERATOR, type Caller } from '../../domain/access/caller';

/** Who asks, as they may see it themselves: what they present is not in it. */
export const callerView = (caller: Caller) => ({
  kind: kindOf(caller),
  id: keyIdOf(caller),
  name: caller.name,
  scopes: caller.scopes,
  ownOnly: caller.ownOnly,
  dailyRecipients: caller.dailyRecipients,
});

/** By what they are known here. */
function kindOf(caller: Caller): 'none' | 'api_key' | 'key' | 'token' {
  if (caller.id === null) return 'none';
  if (caller.id === OPERATOR.id) return 'api_key';
  return keyIdOf(caller) === null ? 'token' : 'key';
}
