/** Where copies of recordings lie, as it is remembered: no credentials. */
export interface Place {
  /** A folder, by its absolute path; or `s3://bucket/prefix`. */
  readonly to: string
  /** Of S3: whom to ask, such as `https://s3.eu-central-1.amazonaws.com`; no path, no credentials. */
  readonly endpoint?: string
  /** Of S3: the region that requests are signed for. */
  readonly region?: string
}

/** An object in a store. */
export interface StoreEntry {
  /** Its name: `<recording id>/screen/000000.seg`. */
  readonly name: string
  /** Its length in bytes; −1 for what is no file, and may be replaced. */
  readonly size: number
}

/** What is put into a store. */
export interface StoreBody {
  /** How many bytes. */
  readonly size: number
  /** Their hash: BLAKE2b, 32 bytes in hexadecimal. */
  readonly hash: string
  /**
   * The bytes, front to back; each call begins anew.
   *
   * @returns pieces of at most 1 MiB; it throws at the end if they are not those of `hash`
   */
  read(): AsyncIterable<Uint8Array>
}

/** Settings of every call. */
export interface StoreCall {
  /** Calls it off: the call fails with `state`. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Where sealed segments are put: another folder, or an object store. It is not trusted: whatever it
 * answers, it gets nothing but sealed segments and what is open of a recording, never a key.
 *
 * Every method may be called again after it failed. Each fails with an {@link UnderstudyError}: `io`,
 * `permission-denied`, `disk-full`, or `state` when it was called off; none quotes what was answered.
 */
export interface Store {
  /** Where it is. */
  readonly place: Place
  /**
   * Puts an object, wholly or not at all, in the place of one of the same name.
   *
   * @param name - ASCII letters, digits, `_`, `-`, `.` and `/`
   * @param body - its bytes
   * @param call - settings
   */
  put(name: string, body: StoreBody, call?: StoreCall): Promise<void>
  /**
   * The bytes of an object.
   *
   * @param name - which
   * @param limit - how many bytes at most: more is a failure
   * @param call - settings
   * @returns pieces, front to back
   */
  get(name: string, limit: number, call?: StoreCall): AsyncIterable<Uint8Array>
  /**
   * What the store says of an object's hash, where it can without giving the bytes.
   *
   * @param name - which
   * @param call - settings
   * @returns as `StoreBody.hash`; undefined where it does not know
   */
  hash?(name: string, call?: StoreCall): Promise<string | undefined>
  /**
   * Removes an object; one that is not there is removed.
   *
   * @param name - which
   * @param call - settings
   * @returns whether its bytes are gone: false where the store keeps older versions of what is removed
   */
  remove(name: string, call?: StoreCall): Promise<boolean>
  /**
   * What there is.
   *
   * @param prefix - what names begin with
   * @param limit - how many at most: more is a failure
   * @param call - settings
   * @returns all of it, in any order
   */
  list(prefix: string, limit: number, call?: StoreCall): Promise<readonly StoreEntry[]>
  /**
   * Prepares the place for a recording that is put there for the first time.
   *
   * @param recording - its id, in hexadecimal
   * @param folder - where it lies
   */
  begin?(recording: string, folder: string): Promise<void>
  /**
   * Clears away what is left when all objects of a recording are removed.
   *
   * @param recording - its id, in hexadecimal
   */
  end?(recording: string): Promise<void>
}
