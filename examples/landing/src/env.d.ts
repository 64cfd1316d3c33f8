declare module '*.css' {}

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}

declare module '*.svelte' {
  import type { Component } from 'svelte'
  // oxlint-disable-next-line typescript/no-explicit-any -- cast: svelte-check knows each component's props, tsc knows none
  const component: Component<any>
  export default component
}
