/** What hooks promise of errors, streams and channels. */

import type {
  ChannelDescriptor,
  CallDescriptor,
  ContextDescriptor,
  DeclaredError,
  MizanError,
  ProtocolError,
  StreamDescriptor,
} from '@mizan/base'

import {
  type ContextProvider,
  useChannel,
  useContextBundle,
  useContextMember,
  useMutation,
  useStream,
} from './index.ts'

type Failure = DeclaredError<'NAME_TAKEN', { until: Date }> | ProtocolError

declare const rename: CallDescriptor<{ title: string }, void, Failure>
declare const plain: CallDescriptor<{ title: string }, void>
declare const news: ContextDescriptor<{ page: number }, { headlines: string[] }, Failure>
declare const NewsContext: ContextProvider<{ page: number }>
declare const tail: StreamDescriptor<{ from: Date }, number, Failure>
declare const room: ChannelDescriptor<{ roomId: number }, { text: string }>

/** The error of each hook is what its function declares. */
export function Errors(): (Date | undefined)[] {
  const errors = [
    useMutation(rename).error,
    useContextBundle(NewsContext, news).error,
    useContextMember(NewsContext, news, 'headlines').error,
    useStream(tail).error,
  ]
  const any: MizanError | undefined = useMutation(plain).error
  void any
  return errors.map((error) => {
    // @ts-expect-error -- which error it is has to be asked first
    void error?.details.until
    return error?.code === 'NAME_TAKEN' ? error.details.until : undefined
  })
}

/** Items have the declared type, and so have the arguments. */
export function Streams(): readonly number[] {
  const { items, start } = useStream(tail, { keep: 5, onItem: (item) => item.toFixed() })
  start({ from: new Date(0) })
  // @ts-expect-error -- another type
  start({ from: 'now' })
  // @ts-expect-error -- a missing argument
  start()
  return items
}

/** Messages have the declared type in both directions. */
export function Channels(): string {
  const { send, status } = useChannel(room, () => ({ roomId: 5 }), {
    onMessage: ({ text }) => text.trim(),
  })
  send({ text: 'Hello' })
  // @ts-expect-error -- no text
  send({})
  // @ts-expect-error -- params are needed
  useChannel(room)
  return status
}
