/** What an element is made with: attributes, and nothing that could be markup or script. */
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/**
 * An element. Text becomes text, whatever is in it.
 *
 * @param tag - its name
 * @param attributes - `true` sets an empty one, `false` and undefined none
 * @param children - what is in it
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children)
  return made
}

/**
 * A button.
 *
 * @param label - what is read, by eye or aloud
 * @param act - what it does
 * @param attributes - as of {@link element}
 */
export function button(
  label: string,
  act: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label)
  made.addEventListener('click', act)
  return made
}

/**
 * A part of the page under a heading.
 *
 * @param id - of the heading, unique in the page
 * @param title - the heading
 * @param children - what is in it
 */
export function section(
  id: string,
  title: string,
  ...children: readonly (Node | string)[]
): HTMLElement {
  const heading = element('h2', { id }, title)
  return element('section', { 'aria-labelledby': id, class: id }, heading, ...children)
}

/** Where the page says what went wrong; hidden while nothing is. */
export class Problem {
  /** To be put into the page. */
  readonly element = element('p', { class: 'problem', role: 'alert', hidden: true })

  /**
   * Says it.
   *
   * @param error - whatever was thrown, or a sentence
   */
  show(error: unknown): void {
    this.element.textContent = error instanceof Error ? error.message : String(error)
    this.element.hidden = false
  }

  /** Nothing is wrong any more. */
  clear(): void {
    this.element.textContent = ''
    this.element.hidden = true
  }
}

/** Says something to whoever listens to the page instead of looking at it. */
export class Announcer {
  /** To be put into the page. */
  readonly element = element('p', { role: 'status', 'aria-live': 'polite', class: 'quiet' })

  /**
   * Says it, after what is being said.
   *
   * @param text - a sentence
   */
  say(text: string): void {
    this.element.textContent = text
  }
}

/**
 * Asks before something that cannot be taken back.
 *
 * @param question - the heading
 * @param told - what it means
 * @param yes - what the button says that does it
 * @returns whether it was agreed to
 */
export async function confirmed(
  question: string,
  told: readonly (Node | string)[],
  yes: string,
): Promise<boolean> {
  const dialog = element('dialog', { 'aria-labelledby': 'question' })
  const end = (answer: string) => () => {
    dialog.close(answer)
  }
  dialog.append(
    element('h2', { id: 'question' }, question),
    ...told,
    element(
      'div',
      { class: 'answers' },
      button('Keep it', end('no'), { autofocus: true }),
      button(yes, end('yes'), { class: 'danger' }),
    ),
  )
  document.body.append(dialog)
  dialog.showModal()
  await new Promise((resolve) => {
    dialog.addEventListener('close', resolve, { once: true })
  })
  dialog.remove()
  return dialog.returnValue === 'yes'
}
