import { resolve } from 'node:path'
import { UnderstudyError } from '../errors.js'
import { FolderStore } from './folder.js'
import { type S3Place, S3Store } from './s3.js'
import type { Place, Store } from './store.js'

/** Settings of {@link openStore}. */
export interface OpenStoreOptions {
  /** For how many milliseconds the store may say nothing: 1 to 600,000, default 30,000. */
  readonly patience?: number
}

/**
 * A store by its place. Nothing is asked of it yet.
 *
 * Credentials of S3 come from the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and
 * `AWS_SESSION_TOKEN`; the region, where none is named, from `AWS_REGION` or `AWS_DEFAULT_REGION`, else it is
 * `us-east-1`. Buckets are named in the path of the address, and proxies are not used.
 *
 * @param place - `to`: a folder, or `s3://bucket/prefix`; `endpoint`: default Amazon's of the region
 * @param options - settings
 * @returns the store; it may be used as often as wanted
 * @throws {@link UnderstudyError} `invalid-argument` for what is no place: also an endpoint that is
 *   neither `https:` nor this machine, or that holds credentials
 */
export function openStore(place: Place, { patience = 30_000 }: OpenStoreOptions = {}): Store {
  if (!(patience >= 1 && patience <= 600_000)) throw wrong('patience is 1 to 600,000 ms')
  const { to, endpoint, region } = place
  if (/^s3:\/\//i.test(to)) return new S3Store(parseS3(place), patience)
  if (endpoint !== undefined || region !== undefined) throw wrong('only S3 has an endpoint')
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(to)) throw wrong('its name cannot be shown')
  if (to === '' || /^[a-z][a-z0-9+.-]+:\/\//i.test(to)) {
    throw wrong('a store is a folder, or s3://bucket/prefix')
  }
  return new FolderStore(resolve(to))
}

function parseS3({ to, endpoint, region = ownRegion() }: Place): S3Place {
  const [, bucket = '', rest = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(to) ?? []
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) throw wrong('this is not a bucket')
  const prefix = rest.replace(/\/$/, '')
  if (prefix !== '' && (prefix.length > 512 || !/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(prefix))) {
    throw wrong('a prefix has letters, digits, "_", "-", "." and "/", at most 512')
  }
  if (!/^[a-z0-9-]{1,64}$/.test(region)) throw wrong('this is not a region')
  return {
    to: prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`,
    endpoint: parseEndpoint(endpoint ?? `https://s3.${region}.amazonaws.com`),
    region,
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
  }
}

function ownRegion(): string {
  return process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1'
}

/** What is sent is sealed, but a token goes with it: not through a network in the open. */
function parseEndpoint(text: string): string {
  const url = URL.canParse(text) && text.length <= 512 ? new URL(text) : undefined
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '')
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isHere)) {
    throw wrong('an endpoint begins with https://, or is on this machine')
  }
  if (url.username !== '' || url.password !== '' || url.pathname !== '/' || url.search !== '') {
    throw wrong('an endpoint has no path, and credentials come from the environment')
  }
  return url.origin
}

function wrong(why: string): UnderstudyError {
  return new UnderstudyError('invalid-argument', `Not a store: ${why}`)
}
