/** How far a call with files is. */

/** Bytes of the request's body, which is a little more than its files. */
export interface UploadProgress {
  readonly sent: number
  readonly total: number
}
