import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

/**
 * Runs work in an OpenTelemetry span, which ends with it or its promise; an error is recorded and rethrown. Without an
 * SDK in the process, spans are discarded.
 * @param startMs when the span began, if before now.
 */
export function inSpan<T>(name: string, attributes: Attributes, work: () => T, startMs?: number): T {
  const options = { attributes, ...(startMs === undefined ? {} : { startTime: startMs }) };
  return trace.getTracer('millwright').startActiveSpan(name, options, (span) => {
    try {
      const result = work();
      if (result instanceof Promise)
        return result.then(
          (value) => {
            span.end();
            return value;
          },
          (error) => failed(span, error),
        ) as T;
      span.end();
      return result;
    } catch (error) {
      return failed(span, error);
    }
  });
}

function failed(span: Span, error: unknown): never {
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
  span.end();
  throw error;
}
