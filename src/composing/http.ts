import { randomInt } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Express, Request, RequestHandler, Response } from 'express';
import { createApp } from '../app';
import type { Caller } from '../domain/access/caller';
import { nobodyOfOurs } from '../domain/plan/ownSenders';
import { authenticate, callerOf } from '../middleware/callers/authenticate';
import { broadcastUpload } from '../middleware/uploads/broadcastUpload';
import { inviteBody } from '../middleware/bodyInvitation';
import { errorHandler, methodNotAllowed, statusOf } from '../middleware/errorHandler';
import { idempotencyKeyOf, refuseBadKey } from '../middleware/bodies/idempotencyKey';
import { noBody, noBodyOnReads } from '../middleware/bodies/noBody';
import { jsonBody, optionalJsonBody, repeatableJsonBody, unlessRead } from '../middleware/bodies/jsonBody';
import { listUpload, parametersBeside } from '../middleware/uploads/listUpload';
import { numberUpload } from '../middleware/uploads/numberUpload';
import { presentPeople, readListRequest } from '../middleware/bodies/listBody';
import { messageProblem } from '../middleware/bodies/fields/broadcastFields';
import { readQuery } from '../middleware/bodies/strictText';
import { noStore } from '../middleware/noStore';
import { unconditional } from '../middleware/unconditional';
import { requestLog } from '../middleware/requestLog';
import { requireScope } from '../middleware/requireScope';
import { hashJson, hashJsonAnd, refuseUnread, submittedOf } from '../middleware/bodies/submittedRequest';
import { createSavedFields, savedUseOf } from '../middleware/bodies/fields/savedFields';
import { refuseFaults } from '../middleware/bodies/faults';
import {
  entriesOf,
  presentRecipients,
  readRecipientsOf,
  recipientsOf,
  sourceOf,
} from '../middleware/bodies/fields/readLists';
import { testWishOf } from '../middleware/bodies/fields/testFields';
import { validateBroadcast, validatePreview, validateTest } from '../middleware/bodies/fields/validateBroadcast';
import { unroutable } from '../middleware/unroutable';
import { unknownRoute } from '../middleware/unknownRoute';
import { countedAddress } from '../middleware/callers/requestAddress';
import { signaturesOf, verifyPlivo, type SignatureCheck } from '../middleware/callers/verifyPlivo';
import { auditRoutes } from '../routes/access/auditRoutes';
import { keyRoutes } from '../routes/access/keyRoutes';
import { accountRoutes } from '../routes/accountRoutes';
import { inboundRoutes } from '../routes/audience/inboundRoutes';
import { createSavedParts } from '../services/audience/savedParts';
import { createEntryJudge } from '../services/accepting/planning/entryJudge';
import { testOf } from '../services/accepting/testRequest';
import { listRoutes } from '../routes/audience/listRoutes';
import { metricsRoutes } from '../routes/metricsRoutes';
import { optOutRoutes } from '../routes/audience/optOutRoutes';
import { peopleRoutes } from '../routes/audience/peopleRoutes';
import { templateRoutes } from '../routes/audience/templateRoutes';
import { wantsCsv } from '../routes/broadcasts/previewCsv';
import { createBroadcastPresenter, type BroadcastPresenter } from '../routes/broadcasts/broadcastPresenter';
import { broadcastRoutes } from '../routes/broadcasts/broadcastRoutes';
import { consoleRoutes } from '../routes/describing/consoleRoutes';
import { descriptionRoutes } from '../routes/describing/descriptionRoutes';
import { docsRoutes } from '../routes/describing/docsRoutes';
import { healthRoutes } from '../routes/healthRoutes';
import { reportListener } from '../routes/hearing/reportListener';
import { underPublicPath } from '../routes/hearing/underPublicPath';
import { webhookRoutes } from '../routes/hearing/webhookRoutes';
import { readNumberFile } from '../services/files/numberFile';
import { createApiDescription } from '../services/describing/apiDescription';
import { createConsoleFiles } from '../services/describing/consoleFiles';
import { createDocsFiles } from '../services/describing/docsFiles';
import { isSameSecret } from '../services/access/sameSecret';
import { replyXml } from '../services/plivo/plivoService';
import { plivosSignatures } from '../services/plivo/plivoSignature';
import { isStorageUnavailable } from '../store/engine/storageErrors';
import type { Foundation, RequestContext, ServedFoundation } from './foundation';
import { inboundUrlOf } from './inboundUrl';
import { composeLimits } from './limits';
import { measuredReceipts } from './measuring';
import type { Services } from './services';
import { composeDeliveries, composeEvents } from './telling';
import { tracedReceipts, tracedRequests } from './tracing';

/** The app, and what to put behind a port: the app with the short way for delivery reports before it. */
export function composeHttp(
  foundation: ServedFoundation,
  services: Services,
  context: RequestContext,
  inboundToken: string | null,
): { app: Express; listener: RequestListener } {
  const { env, logger, timers, config } = foundation;
  const checks = composeChecks(foundation);
  const presenter = createBroadcastPresenter({ ...foundation.store, ...services });
  const events = composeEvents(foundation, services, presenter);
  const isPlivos: SignatureCheck = ({ path, ...request }) =>
    config.publicUrlForms
      .map((publicUrl) => plivosSignatures({ ...request, url: `${publicUrl}${path}`, authToken: config.authToken }))
      .find((genuine) => genuine.length > 0) ?? [];
  const handleError = errorHandler({ logger, isStorageUnavailable });
  const app = createApp({
    trustProxy: env.TRUST_PROXY,
    readQuery,
    requestContext: tracedRequests(context.middleware, foundation.tracing),
    requestLog: requestLog({ logger, monotonicMs: timers.monotonicMs, answered: foundation.metrics.answered }),
    metrics: metricsRoutes({ metrics: foundation.metrics, token: env.METRICS_TOKEN, isSameSecret, methodNotAllowed }),
    noStore,
    unconditional,
    authenticate: authenticate({
      keys: env.API_KEY ?? [],
      isSameSecret,
      keyring: services.keyring,
      ...(services.tokens === null ? {} : { tokens: services.tokens }),
      noteCaller: (caller, req) => noteActor(context, caller, req),
    }),
    requireScope,
    ...composeLimits(foundation),
    inviteBody,
    noBodyOnReads: noBodyOnReads(),
    healthRoutes: composeHealth(foundation, services),
    webhookRoutes: composeWebhooks(foundation, services, { isPlivos, inboundToken }),
    docsRoutes: docsRoutes({ files: createDocsFiles(), statusOf, methodNotAllowed }),
    consoleRoutes: consoleRoutes({ files: createConsoleFiles(), methodNotAllowed }),
    descriptionRoutes: descriptionRoutes({ description: createApiDescription(), methodNotAllowed }),
    broadcastRoutes: composeBroadcasts(foundation, services, { checks, presenter, showEvents: events.showEvents }),
    eventRoutes: events.router,
    deliveryRoutes: composeDeliveries(foundation),
    ...composeAudience(foundation, checks),
    accountRoutes: accountRoutes({
      ...foundation,
      ...foundation.store,
      ...services,
      inboundUrl: inboundUrlOf(config.publicUrl, inboundToken),
      methodNotAllowed,
    }),
    keyRoutes: composeKeys(foundation, services),
    auditRoutes: auditRoutes({ ...foundation.store, callerOf, methodNotAllowed }),
    unknownRoute,
    errorHandler: handleError,
  });
  const handBack = unroutable({ requestContext: context.middleware, errorHandler: handleError });
  const whole: RequestListener = (req, res) => void app(req as Request, res as Response, () => handBack(req, res));
  const reports = composeReportListener(foundation, services, isPlivos, whole);
  return { app, listener: underPublicPath(config.publicUrlForms, reports) };
}

/** From then on it is known who does what is done in the request's name. */
function noteActor(context: RequestContext, { id, name }: Caller, req: Request): void {
  const current = context.current();
  if (current !== undefined) current.actor = { id, name, address: countedAddress(req), requestId: current.requestId };
}

const composeKeys = ({ store, env }: Foundation, { keyService }: Services) =>
  keyRoutes({
    keys: store.keys,
    keyService,
    callerOf,
    readJson: jsonBody({ limitBytes: env.BODY_LIMIT }),
    readOptionalJson: optionalJsonBody({ limitBytes: env.BODY_LIMIT }),
    readNothing: noBody(),
    methodNotAllowed,
  });

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
    allowsPrivateCallbacks: env.WEBHOOK_ALLOW_PRIVATE,
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
  { logger, ...measuring }: ServedFoundation,
  { receipts, inboundService }: Services,
  { isPlivos, inboundToken }: { isPlivos: SignatureCheck; inboundToken: string | null },
) =>
  webhookRoutes({
    receipts: measuredReceipts(receipts, measuring, { handsOn: false }),
    inbound: inboundService,
    inboundToken,
    isSameSecret,
    signaturesOf,
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

function composeBroadcasts(
  { store, env, timers }: Foundation,
  services: Services,
  {
    checks,
    ...shown
  }: { readonly checks: Checks; readonly presenter: BroadcastPresenter; readonly showEvents: RequestHandler },
) {
  const limits = limitsOf(env);
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
    ...shown,
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
    callerOf,
    methodNotAllowed,
  });
}

const limitsOf = ({ BODY_LIMIT: limitBytes, MAX_RECIPIENTS: maxRecipients }: Foundation['env']) => ({
  limitBytes,
  maxRecipients,
});

const pathOf = (req: Request) => String(req.params['id']).toLowerCase();

function composeAudience({ store, env, config }: Foundation, checks: Checks) {
  const numbers = checks.readerFor(undefined);
  const personReaderFor = (country: unknown) => nobodyOfOurs(checks.readerFor(country), config.ownNumbers);
  const readOptionalJson = optionalJsonBody(limitsOf(env));
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
    peopleRoutes: peopleRoutes({ ...store, numbers, callerOf, readNothing: noBody(), methodNotAllowed }),
    listRoutes: composeLists({ store, env }, checks),
    templateRoutes: templateRoutes({
      ...store,
      messageProblem: (message) => messageProblem(message, 'auto'),
      readJson: jsonBody(limitsOf(env)),
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
    readPeople: [upload, ...jsonBody(limitsOf(env)).map(unlessRead)],
    checkPeople: (req) => readListRequest(req, checks),
    parametersBeside,
    readNothing: noBody(),
    methodNotAllowed,
  });
}

function composeReportListener(
  measuring: ServedFoundation,
  { receipts }: Services,
  isPlivos: SignatureCheck,
  app: RequestListener,
): RequestListener {
  return reportListener(
    {
      receipts: tracedReceipts(measuredReceipts(receipts, measuring, { handsOn: true }), measuring.tracing),
      isSigned: (request) => isPlivos({ method: 'POST', ...request }).length > 0,
    },
    app,
  );
}
