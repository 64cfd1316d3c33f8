import '../../base/test/dom.ts'

import { createKernel } from '@mizan/base'
import { createApp, defineComponent, h, proxyRefs, shallowRef } from 'vue'

import { taskContext, type TaskContextParams } from '../../base/test/board-client.ts'
import {
  describeReading,
  type Reading,
  type ReadingProps,
} from '../../base/test/reading-conformance.ts'
import { listText, nextTask, previousTask, readText } from '../../base/test/reading-texts.ts'
import {
  type ContextProvider,
  createContextProvider,
  createMizan,
  useContextMember,
  useInfiniteContext,
} from './index.ts'

const TaskContext: ContextProvider<TaskContextParams> = createContextProvider(
  taskContext,
  'TaskContext',
)

type PartProps = Omit<ReadingProps, 'kernel' | 'first'> & { reading: Reading }

const paramsOf = ({ taskId }: Reading): Partial<TaskContextParams> =>
  taskId === undefined ? {} : { taskId }

const Read = defineComponent<PartProps>(
  (props) => {
    const { status, data, isStale } = useContextMember(
      TaskContext,
      taskContext,
      'taskDetail',
      () => paramsOf(props.reading),
      () => props.reading.options,
    )
    return () => {
      const text = readText(status.value, data.value, isStale.value)
      return h('p', { 'data-part': 'read' }, props.render('read', text))
    }
  },
  { props: ['reading', 'render', 'onList'] },
)

const List = defineComponent<PartProps>(
  (props) => {
    const list = useInfiniteContext(TaskContext, taskContext, () => paramsOf(props.reading), {
      next: nextTask,
      previous: previousTask,
      enabled: () => props.reading.options.enabled !== false,
    })
    props.onList(list)
    return () => {
      const text = listText(proxyRefs(list))
      return h('p', { 'data-part': 'list' }, props.render('list', text))
    }
  },
  { props: ['reading', 'render', 'onList'] },
)

describeReading('Vue', {
  createKernel,
  mount(host, { kernel, first, ...props }) {
    const reading = shallowRef(first)
    const given = (): PartProps => ({ ...props, reading: reading.value })
    const app = createApp({ render: () => [h(Read, given()), h(List, given())] })
    app.use(createMizan(kernel)).mount(host)
    return {
      show: (next) => void (reading.value = next),
      unmount: () => app.unmount(),
    }
  },
})
