import { randomInt } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Express } from 'express';
import { createApp } from '../app';
import { createNumberCheck } from '../domain/numbers/phoneNumber';
import { authenticate } from '../middleware/authenticate';
import { broadcastUpload } from '../middleware/bodies/broadcastUpload';
import { errorHandler, methodNotAllowed, unknownRoute } from '../middleware/errorHandler';
import { idempotencyKeyOf } from '../middleware/bodies/idempotencyKey';
import { jsonBody, optionalJsonBody, repeatableJsonBody, unlessRead } from '../middleware/bodies/jsonBody';
import { numberUpload } from '../middleware/bodies/numberUpload';
import { rateLimits } from '../middleware/rateLimits';
import { requestLog } from '../middleware/requestLog';
import { hashJson, refuseUnread, submittedOf } from '../middleware/bodies/submittedRequest';
import {
  presentRecipients,
  readRecipientsOf,
  recipientsOf,
  refuseFaults,
  validateBroadcast,
  validatePreview,
} from '../middleware/bodies/validateBroadcast';
import { verifyPlivo, type SignatureCheck } from '../middleware/verifyPlivo';
import { inboundRoutes } from '../routes/audience/inboundRoutes';
import { optOutRoutes } from '../routes/audience/optOutRoutes';
import { peopleRoutes } from '../routes/audience/peopleRoutes';
import { broadcastRoutes } from '../routes/broadcasts/broadcastRoutes';
import { healthRoutes } from '../routes/healthRoutes';
import { reportListener } from '../routes/hearing/reportListener';
import { webhookRoutes } from '../routes/hearing/webhookRoutes';
import { readNumbersFromCsv, readNumbersFromLines } from '../services/numbers/numberFile';
import { loadNumberingPlan } from '../services/numbers/numberingPlan';
import { replyXml } from '../services/plivo/plivoService';
import { verifyPlivoSignature } from '../services/plivo/plivoSignature';
import { isStorageUnavailable } from '../store/engine/storageErrors';
import type { Foundation, RequestContext } from './foundation';
import type { Services } from './services';

/** The app, and what to put behind a port: the app with the short way for delivery reports before it. */
export function composeHttp(
  foundation: Foundation,
  services: Services,
  context: RequestContext,
): { app: Express; listener: RequestListener } {
  const { env, logger, timers, config } = foundation;
  const checks = composeChecks(foundation);
  const isPlivos: SignatureCheck = (request) => verifyPlivoSignature({ ...request, authToken: config.authToken });
  const app = createApp({
    trustProxy: env.TRUST_PROXY,
    requestContext: context.middleware,
    requestLog: requestLog({ logger, monotonicMs: timers.monotonicMs }),
    authenticate: authenticate({ keys: env.API_KEY ?? [] }),
    rateLimits: rateLimits({
      windowMs: env.RATE_LIMIT_WINDOW_MS,
      max: env.RATE_LIMIT_MAX,
      readsMax: env.RATE_LIMIT_READS_MAX,
    }),
    healthRoutes: composeHealth(foundation, services),
    webhookRoutes: composeWebhooks(foundation, services, isPlivos),
    broadcastRoutes: composeBroadcasts(foundation, services, checks),
    ...composeAudience(foundation, checks),
    unknownRoute,
    errorHandler: errorHandler({ logger, isStorageUnavailable }),
  });
  return { app, listener: composeReportListener(foundation, services, isPlivos, app) };
}

type Checks = ReturnType<typeof composeChecks>;

/** What a list of people is held against. */
function composeChecks({ env, clock }: Foundation) {
  return {
    checkNumber: createNumberCheck(loadNumberingPlan()),
    hashSeed: randomInt(0, 2 ** 32),
    maxRecipients: env.MAX_RECIPIENTS,
    now: clock,
  };
}

const composeHealth = ({ store }: Foundation, { dispatcher }: Services) =>
  healthRoutes({
    ping: () => store.ping(),
    faults: store.faults,
    listFaults: store.listFaults,
    isDispatcherAlive: () => dispatcher.isAlive(),
    methodNotAllowed,
  });

const composeWebhooks = ({ config }: Foundation, { receipts, inboundService }: Services, isPlivos: SignatureCheck) =>
  webhookRoutes({
    receipts,
    inbound: inboundService,
    replyXml,
    verifyPlivo: verifyPlivo({ publicUrl: config.publicUrl, check: isPlivos }),
    methodNotAllowed,
  });

function composeBroadcasts({ store, env }: Foundation, services: Services, checks: Checks) {
  const limits = { limitBytes: env.BODY_LIMIT };
  const readJson = jsonBody(limits);
  const uploads = {
    ...checks,
    readCsv: readNumbersFromCsv,
    readLines: readNumbersFromLines,
    present: presentRecipients,
  };
  const isKeyKnown = async (key: string) => (await store.accepting.findKnown(key)) !== null;
  const readAnyJson = repeatableJsonBody({ ...limits, isKeyKnown });
  const upload = broadcastUpload({ ...uploads, isNoted: (req) => idempotencyKeyOf(req) !== null });
  const uploadToPreview = broadcastUpload({ ...uploads, isNoted: () => false });
  return broadcastRoutes({
    ...store,
    ...services,
    service: services.broadcastService,
    wakeDispatcher: () => services.dispatcher.wake(),
    readJson,
    readBroadcast: [upload, ...readAnyJson.map(unlessRead), hashJson],
    checkBroadcast: validateBroadcast(checks),
    refuseBroadcast: [refuseUnread, refuseFaults],
    readPreview: [uploadToPreview, ...readJson.map(unlessRead), ...validatePreview(checks), refuseFaults],
    recipientsOf,
    readRecipientsOf,
    submittedOf,
    methodNotAllowed,
  });
}

function composeAudience({ store, env }: Foundation, checks: Checks) {
  const { checkNumber } = checks;
  const readOptionalJson = optionalJsonBody({ limitBytes: env.BODY_LIMIT });
  return {
    optOutRoutes: optOutRoutes({
      ...store,
      checkNumber,
      readOptionalJson,
      readNumbers: numberUpload({ ...checks, readCsv: readNumbersFromCsv }),
      methodNotAllowed,
    }),
    inboundRoutes: inboundRoutes({ ...store, readOptionalJson, methodNotAllowed }),
    peopleRoutes: peopleRoutes({ ...store, checkNumber, methodNotAllowed }),
  };
}

function composeReportListener(
  { config: { publicUrl } }: Foundation,
  { receipts }: Services,
  isPlivos: SignatureCheck,
  app: Express,
): RequestListener {
  return reportListener(
    {
      receipts,
      isSigned: ({ path, ...request }) =>
        publicUrl !== null && isPlivos({ method: 'POST', url: `${publicUrl}${path}`, ...request }),
    },
    app,
  );
}
