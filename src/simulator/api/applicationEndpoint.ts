import { errorAnswer } from './answers';
import type { JsonAnswer } from './answers';
import type { SimulatorSettings } from '../behaviour/settings';

/** `GET /v1/Account/{authId}/Application/{id}/` (https://www.plivo.com/docs/account/api/application). */
export function showApplication(
  id: string | undefined,
  apiId: string,
  { authId, settings }: { authId: string; settings: SimulatorSettings },
): JsonAnswer {
  const application = settings.applications.find((one) => one.id === id);
  if (!application) return errorAnswer(apiId, 404, 'not found');
  const body = {
    answer_method: 'POST',
    answer_url: '',
    api_id: apiId,
    app_id: application.id,
    app_name: 'Simulated',
    default_app: false,
    enabled: true,
    message_method: 'POST',
    message_url: application.messageUrl,
    public_uri: false,
    resource_uri: `/v1/Account/${authId}/Application/${application.id}/`,
    sub_account: null,
  };
  return { status: 200, body };
}
