import { useLanguage } from '../language/use-words.ts'

/** A recording client: its own name, and the trunk of its requests. */
export function ClientName({ client, trunk }: { client: string; trunk?: string | undefined }) {
  const { say } = useLanguage()
  return (
    <>
      {client === '' ? say('capture.client.unnamed') : <span translate="no">{client}</span>}
      {trunk !== undefined && (
        <span className="second">
          {trunk === '' ? say('capture.trunk.none') : say('capture.trunk.is', { name: trunk })}
        </span>
      )}
    </>
  )
}
