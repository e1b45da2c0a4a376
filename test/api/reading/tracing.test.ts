import { context, propagation, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';
import { projectFile, tableRows } from '../../guards/projectFile';
import { numbers, postBroadcast, reportedAndOver } from '../../support/client';
import { eventually } from '../../support/eventually';
import { startTestService, type TestService } from '../../support/testService';
import { createTracing } from '../../../src/services/measuring/tracing';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLERS_SPAN = '00f067aa0ba902b7';

it('Nothing is traced where nobody has set up anything that hears it', () => {
  expect(createTracing()).toBeNull();
});

describe('A broadcast, to whoever has set up tracing,', () => {
  const exporter = new InMemorySpanExporter();
  let provider: NodeTracerProvider;
  let test: TestService;
  const people = numbers(25);
  const spans = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);

  beforeAll(async () => {
    provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    provider.register();
    test = await startTestService({ env: { PLIVO_BULK_MESSAGE_LIMIT: '10' } });
    const traceparent = `00-${TRACE_ID}-${CALLERS_SPAN}-01`;
    const { body } = await postBroadcast(
      test,
      { message: 'Doors open at 9.', recipients: people },
      { traceparent, prefer: 'respond-async' },
    ).expect(202);
    await reportedAndOver(test, body.id as string, 25);
    await eventually(() => spans('POST /broadcast/').length + spans('POST /broadcast').length > 0);
  });
  afterAll(async () => {
    await test.stop();
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it("shows what was done for the request below the caller's own span", () => {
    const [request] = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('POST /broadcast'));
    expect(request!.spanContext().traceId).toBe(TRACE_ID);
    expect(request!.parentSpanContext?.spanId).toBe(CALLERS_SPAN);
    expect(request!.attributes).toMatchObject({ 'http.request.method': 'POST', 'http.response.status_code': 202 });
    for (const name of ['plan', 'keep broadcast']) {
      const [span] = spans(name);
      expect(span!.parentSpanContext?.spanId).toBe(request!.spanContext().spanId);
    }
    expect(spans('plan')[0]!.attributes).toMatchObject({ 'broadcast.recipients': 25, 'broadcast.segments': 25 });
  });

  it('shows each batch as it is claimed, sent and settled, and each report', () => {
    expect(spans('claim').map(({ attributes }) => attributes['batch.recipients'])).toEqual([10, 10, 5]);
    expect(spans('call Plivo').map(({ attributes }) => attributes['plivo.outcome'])).toEqual(
      Array.from({ length: 3 }, () => 'accepted'),
    );
    expect(spans('settle')).toHaveLength(3);
    expect(spans('take report').length).toBeGreaterThanOrEqual(25);
  });

  it('has the spans that docs/tracing.md names', () => {
    const named = tableRows(projectFile('docs/tracing.md')).map(({ name }) => name);
    const seen = new Set(exporter.getFinishedSpans().map(({ name }) => name));
    // Only where an outcome is unknown is Plivo asked.
    expect(named.filter((name) => !seen.has(name))).toEqual(['ask Plivo']);
    expect([...seen].filter((name) => !/^(GET|POST) /.test(name) && !named.includes(name))).toEqual([]);
  });

  it('tells neither whom it went to nor what it said', () => {
    const told = JSON.stringify(exporter.getFinishedSpans().map(({ name, attributes }) => ({ name, attributes })));
    for (const secret of ['Doors open', ...people, ...people.map((number) => number.slice(1)), '/status/'])
      expect(told).not.toContain(secret);
  });
});
