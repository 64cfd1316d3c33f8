/** Purgers of vendors: who is told of every invalidation, in the words of each. */

export {
  type CloudflarePurgerOptions,
  createCloudflarePurger,
} from './purgers/cloudflare-purger.ts'
export {
  type CloudFrontPurgerOptions,
  createCloudFrontPurger,
} from './purgers/cloudfront-purger.ts'
export { createFastlyPurger, type FastlyPurgerOptions } from './purgers/fastly-purger.ts'
export { createNetlifyPurger, type NetlifyPurgerOptions } from './purgers/netlify-purger.ts'
export type { VendorOptions } from './purgers/send-purge.ts'
export type { AwsCredentials } from './purgers/sign-aws.ts'
export { createVarnishPurger, type VarnishPurgerOptions } from './purgers/varnish-purger.ts'
export { createVercelPurger, type VercelPurgerOptions } from './purgers/vercel-purger.ts'
export { createWebhookPurger, type WebhookPurgerOptions } from './purgers/webhook-purger.ts'
