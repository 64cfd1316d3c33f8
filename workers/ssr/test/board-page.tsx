/** A page of which one part comes late: what the server streams and the browser takes over. */

import type { ContextDescriptor, Kernel } from '@mizan/base'
import { createContextProvider, MizanProvider, useContextMember } from '@mizan/react'
import { ContextBoundary, suspend } from '@mizan/react/suspense'
import { type ReactElement, StrictMode, Suspense, useState, useSyncExternalStore } from 'react'

interface Texts {
  readonly text: string
}

/** What `mizan generate` writes, for the app whose digest it is. */
function contextOf(digest: string, name: string) {
  const context: ContextDescriptor<Record<string, never>, Texts> = {
    name,
    artifact: digest,
    params: {},
    members: { text: { wire: name } },
  }
  return { context, provider: createContextProvider(context, name) }
}

const known = new Map<string, ReturnType<typeof makeContexts>>()
function makeContexts(digest: string) {
  return { quick: contextOf(digest, 'quick'), slow: contextOf(digest, 'slow') }
}
function contextsOf(digest: string) {
  const contexts = known.get(digest) ?? makeContexts(digest)
  known.set(digest, contexts)
  return contexts
}

interface BoardProps {
  readonly digest: string
  /** Whether what comes late is drawn anew when the counter is. */
  readonly isBound?: boolean
}

function Quick({ digest }: BoardProps) {
  const { context, provider } = contextsOf(digest).quick
  return <h1>{useContextMember(provider, context, 'text').data}</h1>
}

function Slow({ digest, count }: BoardProps & { readonly count?: number }) {
  const { context, provider } = contextsOf(digest).slow
  const { data } = suspend(useContextMember(provider, context, 'text'))
  // In the worker alone: there it ends everything.
  if (data === 'exit' && 'process' in globalThis) process.exit(7)
  const [clicks, setClicks] = useState(0)
  return (
    <section>
      <title>Late</title>
      <p id="slow">{data}</p>
      <button onClick={() => setClicks(clicks + 1)}>Late {clicks}</button>
      {count === undefined ? null : <output>{count}</output>}
    </section>
  )
}

/** In the browser alone: it is not part of what the server has rendered. */
function Watcher({ digest }: BoardProps) {
  const { context, provider } = contextsOf(digest).slow
  const { status, data } = useContextMember(provider, context, 'text')
  return (
    <p id="watcher">
      {status} {data}
    </p>
  )
}

function Counter({ count, onCount }: { readonly count: number; readonly onCount: () => void }) {
  const isTaken = useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  )
  return (
    <button onClick={onCount}>
      {isTaken ? 'Taken over' : 'Rendered'} {count}
    </button>
  )
}

function OwnCounter() {
  const [count, setCount] = useState(0)
  return <Counter count={count} onCount={() => setCount(count + 1)} />
}

export function BoardPage({ digest, isBound = false }: BoardProps) {
  const [count, setCount] = useState(0)
  const [isWatching, setWatching] = useState(false)
  return (
    <main>
      <title>Board</title>
      <Quick digest={digest} />
      {isBound ? <Counter count={count} onCount={() => setCount(count + 1)} /> : <OwnCounter />}
      <button onClick={() => setWatching(true)}>Watch</button>
      {isWatching ? <Watcher digest={digest} /> : null}
      <ContextBoundary fallback={(error) => <p id="failed">{error.code}</p>}>
        <Suspense fallback={<p id="wait">Waiting</p>}>
          <Slow digest={digest} {...(isBound && { count })} />
        </Suspense>
      </ContextBoundary>
    </main>
  )
}

/** What stands around each page, here as there. */
export function around(page: ReactElement, kernel: Kernel): ReactElement {
  return (
    <StrictMode>
      <MizanProvider kernel={kernel}>{page}</MizanProvider>
    </StrictMode>
  )
}
