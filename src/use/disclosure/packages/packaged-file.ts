/** A file of a package: bytes at hand, or such as come part by part. */
export type PackagedFile = { name: string; bytes: Uint8Array } | { name: string; parts: AsyncIterable<Uint8Array> }
