/** What an app brings to be traced and measured: the shapes of `@opentelemetry/api`, which is not imported. */

/** Values of attributes. */
export type TelemetryAttributes = Readonly<Record<string, string | number | boolean>>

/** A span under way. */
export interface TelemetrySpan {
  setAttribute(name: string, value: string | number | boolean): unknown
  setStatus(status: { readonly code: 0 | 1 | 2; readonly message?: string }): unknown
  recordException(exception: Error | string): void
  end(): void
}

/** How a span begins; `kind` is 0 internal, 1 server. */
export interface TelemetrySpanOptions {
  readonly kind?: 0 | 1
  readonly attributes?: TelemetryAttributes
}

/** A `Tracer` of `@opentelemetry/api` fits. */
export interface TelemetryTracer {
  startActiveSpan<T>(
    name: string,
    options: TelemetrySpanOptions,
    context: TelemetryContext,
    run: (span: TelemetrySpan) => T,
  ): T
}

/** How an instrument is described. */
export interface TelemetryInstrument {
  readonly description?: string
  readonly unit?: string
  readonly advice?: { readonly explicitBucketBoundaries?: number[] }
}

/** Takes what is looked up when somebody collects. */
export interface TelemetryObservable {
  addCallback(
    observe: (result: { observe(value: number, attributes?: TelemetryAttributes): void }) => void,
  ): void
}

/** A `Meter` of `@opentelemetry/api` fits. */
export interface TelemetryMeter {
  createHistogram(
    name: string,
    options?: TelemetryInstrument,
  ): { record(value: number, attributes?: TelemetryAttributes): void }
  createUpDownCounter(
    name: string,
    options?: TelemetryInstrument,
  ): { add(value: number, attributes?: TelemetryAttributes): void }
  createObservableUpDownCounter(name: string, options?: TelemetryInstrument): TelemetryObservable
  createObservableCounter(name: string, options?: TelemetryInstrument): TelemetryObservable
}

/** Made by the api, and given back to it. */
export interface TelemetryContext {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): TelemetryContext
  deleteValue(key: symbol): TelemetryContext
}

/** The two parts of `@opentelemetry/api` that know where a trace comes from. */
export interface TelemetryApi {
  readonly context: { active(): TelemetryContext }
  readonly propagation: { extract(context: TelemetryContext, carrier: unknown): TelemetryContext }
}

/** `{ tracer: trace.getTracer('shop'), meter: metrics.getMeter('shop'), api: { context, propagation } }`. */
export interface TelemetryOptions {
  /** Spans of requests and functions; needs `api`. */
  readonly tracer?: TelemetryTracer
  readonly meter?: TelemetryMeter
  readonly api?: TelemetryApi
}
