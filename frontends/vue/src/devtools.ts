/** Developer tools in Vue; an entry of its own, of which a production bundle has nothing. */

import { type Component, defineComponent, onMounted, onUnmounted } from 'vue'

import { openDevtools } from '@mizan/base/devtools'

import { useMizan } from './kernel-provider.ts'

export { devtools } from '@mizan/base/devtools'

/** `<MizanDevtools />`, anywhere: the panel stands in a corner of the page. The kernel needs the layer `devtools()`. */
export const MizanDevtools: Component = /* @__PURE__ */ defineComponent({
  name: 'MizanDevtools',
  setup() {
    const kernel = useMizan()
    let close = (): void => undefined
    onMounted(() => (close = openDevtools(kernel)))
    onUnmounted(() => close())
    return () => null
  },
})
