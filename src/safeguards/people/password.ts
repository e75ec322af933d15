import { hash, verify } from '@node-rs/argon2'

// argon2id with OWASP's parameters (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. Argon2id is the
// library's default algorithm.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// What is verified when the user id is unknown, so that the answer takes as long and tells nothing.
const nobody = await hash('nobody has this password', parameters)

/** A password's argon2id hash in PHC string form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), parameters)
}

/** Whether the password is the one behind the hash; takes as long when there is no hash. */
export async function passwordMatches(password: string, stored: string | null | undefined): Promise<boolean> {
  const matches = await verify(stored ?? nobody, password.normalize('NFKC'))
  return matches && stored != null
}
