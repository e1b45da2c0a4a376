import {
  context,
  isSpanContextValid,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type Tracer,
} from '@opentelemetry/api';

/** What is told of a span: never numbers, texts or secrets. */
export type Told = Attributes;

export type Tracing = {
  /**
   * Does the work within a span of its own; what is done meanwhile in its name is below it. `tell` has what is known once it
   * ended well; what it throws ends the span as failed, under the name of the error alone.
   */
  within<T>(name: string, told: Told, work: () => Promise<T>, tell?: (result: T) => Told): Promise<T>;
  /** Of what turned out to be worth telling only when it was over; `began` in milliseconds since 1970. */
  over(name: string, began: number, told: Told): void;
  /** A request that came in, below the caller's own span where its headers name one; the one who answers ends it. */
  request(method: string, headers: Readonly<Record<string, unknown>>): RequestSpan;
};

export type RequestSpan = {
  /** What is done for the request is below it. */
  readonly run: (work: () => void) => void;
  /** `route`: the pattern, as addresses hold numbers. */
  answered(route: string, status: number): void;
};

const NAME = 'bulk-sms-broadcaster';

/**
 * Spans through OpenTelemetry's interface; null where nobody has set up anything that hears them, so that nothing is wrapped at
 * all. Whoever wants them loads an SDK before the service (`node --import`).
 */
export function createTracing(): Tracing | null {
  const tracer = trace.getTracer(NAME);
  // Only an SDK gives a span a name of its own, whether it samples it or not. Never ended, it is never told.
  if (!isSpanContextValid(tracer.startSpan('is anybody there').spanContext())) return null;
  return {
    within: (name, told, work, tell) => within(tracer, name, told, work, tell),
    over(name, began, told) {
      tracer.startSpan(name, { startTime: began, attributes: told, kind: SpanKind.INTERNAL }).end();
    },
    request: (method, headers) => requestSpan(tracer, method, headers),
  };
}

async function within<T>(
  tracer: Tracer,
  name: string,
  told: Told,
  work: () => Promise<T>,
  tell: (result: T) => Told = () => ({}),
): Promise<T> {
  return await tracer.startActiveSpan(name, { attributes: told }, async (span) => {
    try {
      const result = await work();
      span.setAttributes(tell(result));
      return result;
    } catch (error) {
      // Its words may hold what was sent.
      fail(span, error instanceof Error ? error.name : 'unknown');
      throw error;
    } finally {
      span.end();
    }
  });
}

function requestSpan(tracer: Tracer, method: string, headers: Readonly<Record<string, unknown>>): RequestSpan {
  const parent = propagation.extract(context.active(), headers);
  const span = tracer.startSpan(
    method,
    { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } },
    parent,
  );
  return {
    run: (work) => context.with(trace.setSpan(parent, span), work),
    answered(route, status) {
      span.updateName(`${method} ${route}`);
      span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
      if (status >= 500) fail(span, String(status));
      span.end();
    },
  };
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
