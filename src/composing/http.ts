import { randomInt } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Express, Request } from 'express';
import { createApp } from '../app';
import { nobodyOfOurs } from '../domain/plan/ownSenders';
import { authenticate } from '../middleware/authenticate';
import { broadcastUpload } from '../middleware/uploads/broadcastUpload';
import { errorHandler, methodNotAllowed } from '../middleware/errorHandler';
import { idempotencyKeyOf, refuseBadKey } from '../middleware/bodies/idempotencyKey';
import { noBody, noBodyOnReads } from '../middleware/bodies/noBody';
import { jsonBody, optionalJsonBody, repeatableJsonBody, unlessRead } from '../middleware/bodies/jsonBody';
import { listUpload, parametersBeside } from '../middleware/uploads/listUpload';
import { numberUpload } from '../middleware/uploads/numberUpload';
import { presentPeople, readListRequest } from '../middleware/bodies/listBody';
import { messageProblem } from '../middleware/bodies/broadcastFields';
import { readQuery } from '../middleware/bodies/strictText';
import { rateLimits } from '../middleware/rateLimits';
import { requestLog } from '../middleware/requestLog';
import { hashJson, hashJsonAnd, refuseUnread, submittedOf } from '../middleware/bodies/submittedRequest';
import { createSavedFields, savedUseOf } from '../middleware/bodies/savedFields';
import { refuseFaults } from '../middleware/bodies/faults';
import { entriesOf, presentRecipients, readRecipientsOf, recipientsOf, sourceOf } from '../middleware/bodies/readLists';
import { testWishOf } from '../middleware/bodies/testFields';
import { validateBroadcast, validatePreview, validateTest } from '../middleware/bodies/validateBroadcast';
import { unknownRoute } from '../middleware/unknownRoute';
import { noncesOf, verifyPlivo, type SignatureCheck } from '../middleware/verifyPlivo';
import { accountRoutes } from '../routes/accountRoutes';
import { inboundRoutes } from '../routes/audience/inboundRoutes';
import { createSavedParts } from '../services/audience/savedParts';
import { createEntryJudge } from '../services/accepting/entryJudge';
import { testOf } from '../services/accepting/testRequest';
import { listRoutes } from '../routes/audience/listRoutes';
import { optOutRoutes } from '../routes/audience/optOutRoutes';
import { peopleRoutes } from '../routes/audience/peopleRoutes';
import { templateRoutes } from '../routes/audience/templateRoutes';
import { wantsCsv } from '../routes/broadcasts/previewCsv';
import { broadcastRoutes } from '../routes/broadcasts/broadcastRoutes';
import { descriptionRoutes } from '../routes/describing/descriptionRoutes';
import { healthRoutes } from '../routes/healthRoutes';
import { reportListener } from '../routes/hearing/reportListener';
import { underPublicPath } from '../routes/hearing/underPublicPath';
import { webhookRoutes } from '../routes/hearing/webhookRoutes';
import { createUsedNonces } from '../services/hearing/usedNonces';
import { readNumberFile } from '../services/files/numberFile';
import { createApiDescription } from '../services/describing/apiDescription';
import { replyXml } from '../services/plivo/plivoService';
import { signedNonces } from '../services/plivo/plivoSignature';
import { isStorageUnavailable } from '../store/engine/storageErrors';
import type { Foundation, RequestContext } from './foundation';
import type { Services } from './services';

/** The app, and what to put behind a port: the app with the short way for delivery reports before it. */
export function composeHttp(
  foundation: Foundation,
  services: Services,
  context: RequestContext,
  inboundToken: string | null,
): { app: Express; listener: RequestListener } {
  const { env, logger, timers, config } = foundation;
  const checks = composeChecks(foundation);
  const isPlivos: SignatureCheck = ({ path, ...request }) =>
    config.publicUrlForms
      .map((publicUrl) => signedNonces({ ...request, url: `${publicUrl}${path}`, authToken: config.authToken }))
      .find((nonces) => nonces.length > 0) ?? [];
  const app = createApp({
    trustProxy: env.TRUST_PROXY,
    readQuery,
    requestContext: context.middleware,
    requestLog: requestLog({ logger, monotonicMs: timers.monotonicMs }),
    authenticate: authenticate({ keys: env.API_KEY ?? [] }),
    rateLimits: rateLimits({
      windowMs: env.RATE_LIMIT_WINDOW_MS,
      max: env.RATE_LIMIT_MAX,
      readsMax: env.RATE_LIMIT_READS_MAX,
    }),
    noBodyOnReads: noBodyOnReads(),
    healthRoutes: composeHealth(foundation, services),
    webhookRoutes: composeWebhooks(foundation, services, { isPlivos, inboundToken }),
    descriptionRoutes: descriptionRoutes({ description: createApiDescription(), methodNotAllowed }),
    broadcastRoutes: composeBroadcasts(foundation, services, checks),
    ...composeAudience(foundation, checks),
    accountRoutes: accountRoutes({
      ...foundation,
      ...foundation.store,
      ...services,
      inboundUrl: inboundUrlOf(config.publicUrl, inboundToken),
      methodNotAllowed,
    }),
    unknownRoute,
    errorHandler: errorHandler({ logger, isStorageUnavailable }),
  });
  const reports = composeReportListener(services, isPlivos, app);
  return { app, listener: underPublicPath(config.publicUrlForms, reports) };
}

/** What to give Plivo as the message URL of the application; null without a public address. */
const inboundUrlOf = (publicUrl: string | null, inboundToken: string | null): string | null =>
  publicUrl === null ? null : `${publicUrl}/webhooks/plivo/inbound${inboundToken === null ? '' : `/${inboundToken}`}`;

type Checks = ReturnType<typeof composeChecks>;

/** What a list of people is held against. */
function composeChecks({ env, config, clock, numbers, store }: Foundation) {
  const hashSeed = randomInt(0, 2 ** 32);
  const saved = createSavedParts({ ...store, hashSeed });
  const savedFields = createSavedFields(saved);
  const byDefault = env.DEFAULT_COUNTRY ?? null;
  return {
    readerFor(defaultCountry: unknown) {
      const country = typeof defaultCountry === 'string' ? defaultCountry.toUpperCase() : byDefault;
      return numbers.for(country);
    },
    isCountry: (code: string) => numbers.isCountry(code),
    hashSeed,
    maxRecipients: env.MAX_RECIPIENTS,
    ...savedFields,
    saved,
    now: clock,
    hasReports: config.publicUrl !== null,
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

const composeWebhooks = (
  { timers, logger }: Foundation,
  { receipts, inboundService }: Services,
  { isPlivos, inboundToken }: { isPlivos: SignatureCheck; inboundToken: string | null },
) =>
  webhookRoutes({
    receipts,
    inbound: inboundService,
    inboundToken,
    usedNonces: createUsedNonces(timers),
    noncesOf,
    logger,
    replyXml,
    unknownRoute,
    verifyPlivo: verifyPlivo({ check: isPlivos }),
    methodNotAllowed,
  });

const UPLOAD_TO_SEND = {
  isNoted: (req: Request) => idempotencyKeyOf(req) !== null,
  isLogged: () => false,
};

/** Keeps a test and what it tries out apart by more than their fields. */
const TEST = ' test';

function composeBroadcasts({ store, env, timers }: Foundation, services: Services, checks: Checks) {
  const limits = { limitBytes: env.BODY_LIMIT };
  const readJson = jsonBody(limits);
  const uploads = {
    ...checks,
    readFile: readNumberFile,
    present: presentRecipients,
  };
  const isKeyKnown = async (key: string) => (await store.accepting.findKnown(key)) !== null;
  const readAnyJson = repeatableJsonBody({ ...limits, isKeyKnown });
  const upload = broadcastUpload({ ...uploads, ...UPLOAD_TO_SEND });
  const uploadToTest = broadcastUpload({ ...uploads, ...UPLOAD_TO_SEND, notedWith: [[TEST, 'true']] });
  const uploadToPreview = broadcastUpload({ ...uploads, isNoted: () => false, isLogged: wantsCsv });
  return broadcastRoutes({
    ...store,
    ...services,
    service: services.broadcastService,
    wakeDispatcher: () => services.dispatcher.wake(),
    readJson,
    readNothing: noBody(),
    readBroadcast: [upload, ...readAnyJson.map(unlessRead), hashJson],
    checkBroadcast: validateBroadcast(checks),
    readTest: [uploadToTest, ...readAnyJson.map(unlessRead), hashJsonAnd(() => ({ [TEST]: true }))],
    checkTest: validateTest(checks),
    testWishOf,
    testOf: (request, wish) => testOf(request, wish, timers.nextTurn),
    refuseBroadcast: [refuseUnread, refuseFaults],
    readRetry: [...optionalJsonBody(limits), hashJsonAnd((req) => ({ ' retry of': pathOf(req) })), refuseBadKey],
    readPreview: [uploadToPreview, ...readJson.map(unlessRead), ...validatePreview(checks), refuseFaults],
    recipientsOf,
    readRecipientsOf,
    sourceOf,
    entriesOf,
    readerOf: (req) => checks.readerFor((req.body as { defaultCountry?: unknown }).defaultCountry),
    judgeEntries: createEntryJudge({ accepting: store.accepting, countryOf: services.countryOf, ...checks }),
    submittedOf,
    savedUseOf,
    methodNotAllowed,
  });
}

const pathOf = (req: Request) => String(req.params['id']).toLowerCase();

function composeAudience({ store, env, config }: Foundation, checks: Checks) {
  const numbers = checks.readerFor(undefined);
  const personReaderFor = (country: unknown) => nobodyOfOurs(checks.readerFor(country), config.ownNumbers);
  const readOptionalJson = optionalJsonBody({ limitBytes: env.BODY_LIMIT });
  return {
    optOutRoutes: optOutRoutes({
      ...store,
      numbers,
      people: personReaderFor(undefined),
      isCountry: checks.isCountry,
      readOptionalJson,
      readNumbers: numberUpload({ ...checks, readerFor: personReaderFor, readFile: readNumberFile }),
      methodNotAllowed,
    }),
    inboundRoutes: inboundRoutes({ ...store, readOptionalJson, methodNotAllowed }),
    peopleRoutes: peopleRoutes({ ...store, numbers, methodNotAllowed }),
    listRoutes: composeLists({ store, env }, checks),
    templateRoutes: templateRoutes({
      ...store,
      messageProblem: (message) => messageProblem(message, 'auto'),
      readJson: jsonBody({ limitBytes: env.BODY_LIMIT }),
      readNothing: noBody(),
      methodNotAllowed,
    }),
  };
}

function composeLists({ store, env }: Pick<Foundation, 'store' | 'env'>, checks: Checks) {
  const upload = listUpload({ ...checks, readFile: readNumberFile, present: presentPeople });
  return listRoutes({
    ...store,
    numbers: checks.readerFor(undefined),
    readPeople: [upload, ...jsonBody({ limitBytes: env.BODY_LIMIT }).map(unlessRead)],
    checkPeople: (req) => readListRequest(req, checks),
    parametersBeside,
    readNothing: noBody(),
    methodNotAllowed,
  });
}

function composeReportListener({ receipts }: Services, isPlivos: SignatureCheck, app: Express): RequestListener {
  return reportListener(
    {
      receipts,
      isSigned: (request) => isPlivos({ method: 'POST', ...request }).length > 0,
    },
    app,
  );
}
