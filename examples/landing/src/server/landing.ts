/** The landing page: the same for everybody, so it is rendered once for each change. */

import { client, type Context, defineContext, inject } from '@mizan/server'
import { renderPage } from '@mizan/ssr'
import { Guests } from './guest-list.ts'

export const LandingContext: Context<'landing'> = defineContext('landing')

export interface LandingFacts {
  claim: string
  /** How many people have signed up. */
  guests: number
}

export class Landing {
  readonly #guests = inject(Guests)

  @client({ context: LandingContext })
  landingFacts(): LandingFacts {
    const { claim, count } = this.#guests
    return { claim, guests: count }
  }

  /** @returns whether the address is new */
  @client({ affects: LandingContext })
  signUp(
    /**
     * Your e-mail address
     *
     * @format email
     * @maxLength 200
     */
    email: string,
  ): boolean {
    return this.#guests.add(email)
  }

  @client({ context: LandingContext, route: '/vue/' })
  vuePage(): Promise<Response> {
    return page('VueLanding', 'vue')
  }

  @client({ context: LandingContext, route: '/svelte/' })
  sveltePage(): Promise<Response> {
    return page('SvelteLanding', 'svelte')
  }
}

function page(component: string, library: string): Promise<Response> {
  return renderPage(component, [LandingContext], {
    title: 'Board, soon',
    meta: [{ name: 'description', content: 'A board that keeps itself true.' }],
    styles: ['/assets/landing.css'],
    scripts: [`/assets/${library}.js`],
  })
}
