/** Elements of the panel. What the page's data says is text, never markup. */

/** Attributes, and what happens on a click. */
export interface ElementOptions {
  readonly attributes?: Readonly<Record<string, string>>
  readonly onClick?: () => void
}

/** Makes an element with children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { attributes = {}, onClick }: ElementOptions = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  if (onClick) made.addEventListener('click', onClick)
  made.append(...children)
  return made
}

/** A button; `label` is what a screen reader says where the text alone does not tell. */
export function button(text: string, onClick: () => void, label?: string): HTMLButtonElement {
  const attributes = { type: 'button', ...(label === undefined ? {} : { 'aria-label': label }) }
  return element('button', { attributes, onClick }, text)
}

/** Sets the text only where it differs, so that what is selected stays so. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

/**
 * Makes the children of `parent` those of `keys`, in their order: new ones are made, others stay as they are, with their focus, and are
 * updated.
 */
export function keepChildren<Child extends HTMLElement>(
  parent: HTMLElement,
  keys: readonly string[],
  { make, update }: { make(key: string): Child; update(child: Child, key: string): void },
): void {
  // cast: made below.
  const children = new Map(
    [...parent.children].map((child) => [child.getAttribute('data-key'), child as Child]),
  )
  let next: Element | null = parent.firstElementChild
  for (const key of keys) {
    const known = children.get(key)
    const child = known ?? make(key)
    if (!known) child.setAttribute('data-key', key)
    children.delete(key)
    update(child, key)
    if (child === next) next = child.nextElementSibling
    else parent.insertBefore(child, next)
  }
  for (const child of children.values()) child.remove()
}
