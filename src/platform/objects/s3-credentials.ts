import { readFile } from 'node:fs/promises'
import { ObjectFault } from './faults.ts'

export interface S3Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

const wanted = 'aws_access_key_id and aws_secret_access_key'

/**
 * Reads a store's access keys from the file named in its address, or from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Other
 * sources of the AWS tools are on the network and not used.
 * @param file absolute; an AWS credentials file
 * @throws ObjectFault `object-store-refuses`, which names the file and no key
 */
export async function readS3Credentials(
  file: string | undefined,
  profile = 'default',
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<S3Credentials> {
  if (file === undefined) {
    const [accessKeyId, secretAccessKey] = [environment['AWS_ACCESS_KEY_ID'], environment['AWS_SECRET_ACCESS_KEY']]
    const sessionToken = environment['AWS_SESSION_TOKEN']
    if (accessKeyId && secretAccessKey) {
      return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
    }
    const message =
      'No access keys for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file with credentials= in the address.'
    throw new ObjectFault('object-store-refuses', message)
  }
  const entries = await readProfile(file, profile)
  const [accessKeyId, secretAccessKey] = [entries.get('aws_access_key_id'), entries.get('aws_secret_access_key')]
  const sessionToken = entries.get('aws_session_token')
  if (!accessKeyId || !secretAccessKey) {
    throw new ObjectFault('object-store-refuses', `The file ${file} has no ${wanted} below [${profile}].`)
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}

async function readProfile(file: string, profile: string): Promise<Map<string, string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const message = `The file of S3 access keys ${file} cannot be read (${error.code ?? error.message}).`
    throw new ObjectFault('object-store-refuses', message, error)
  })
  const entries = new Map<string, string>()
  let isOurs = false
  for (const line of text.split('\n').map((one) => one.trim())) {
    const heading = /^\[\s*(.*?)\s*\]$/.exec(line)?.[1]
    if (heading !== undefined) isOurs = heading === profile
    const [, name, value] = /^(\w+)\s*=\s*(\S+)$/.exec(line) ?? []
    if (isOurs && name !== undefined && value !== undefined) entries.set(name.toLowerCase(), value)
  }
  return entries
}
