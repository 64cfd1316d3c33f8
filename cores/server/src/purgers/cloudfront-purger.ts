/** CloudFront's cache of a distribution. */

import { createHash } from 'node:crypto'
import type { Purger } from '../invalidation/purger.ts'
import { sendBatches, sendPurge, type VendorOptions } from './send-purge.ts'
import { type AwsCredentials, signAws } from './sign-aws.ts'

/** Where, and with what right. */
export interface CloudFrontPurgerOptions extends VendorOptions {
  /** Its `CacheTagConfig` names the header `Cache-Tag`. */
  readonly distributionId: string
  /** With the permission `cloudfront:CreateInvalidation`; asked for each purge, as temporary ones end. */
  readonly credentials: () => AwsCredentials | Promise<AwsCredentials>
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number
}

/** Items in progress at one time; half of it, so that the next batch need not wait for this one. */
const batchSize = 1_500
/** Of an answer; CloudFront forgets those behind them. */
const maximumTags = 50
const contentType = 'text/xml'

/** Invalidates by tag. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-tags.html */
export function createCloudFrontPurger(options: CloudFrontPurgerOptions): Purger {
  const { distributionId, clock = Date.now } = options
  const url = `https://cloudfront.amazonaws.com/2020-05-31/distribution/${encodeURIComponent(distributionId)}/invalidation`
  return {
    name: options.name ?? 'cloudfront',
    tagHeader: 'Cache-Tag',
    maximumTags,
    purge({ groups }, signal) {
      return sendBatches(groups, batchSize, async (tags) => {
        const now = clock()
        const body = toXml(tags, now)
        const request = { url, contentType, body, service: 'cloudfront', region: 'us-east-1', now }
        const headers = signAws(request, await options.credentials())
        await sendPurge({ url, headers, body }, options, signal)
      })
    },
  }
}

/** Groups are hexadecimal: nothing in them is markup. */
function toXml(tags: readonly string[], now: number): string {
  const items = tags.map((tag) => `<Path>#${tag}</Path>`).join('')
  const reference = createHash('sha256').update(`${now} ${items}`).digest('hex').slice(0, 32)
  return `<?xml version="1.0" encoding="UTF-8"?><InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Paths><Quantity>${tags.length}</Quantity><Items>${items}</Items></Paths><CallerReference>${now}-${reference}</CallerReference></InvalidationBatch>`
}
