import { useLanguage } from '../language/use-words.ts'

/** The letters of a request: to be made, to be sent, sent. */
export function Letters({ request }: { request: { letters: readonly unknown[] }; onChanged: () => void }) {
  const { say } = useLanguage()
  return (
    <section className="panel stack-small" aria-labelledby="request-letters">
      <h2 id="request-letters" tabIndex={-1}>
        {say('letters.here')}
      </h2>
      {request.letters.length === 0 && <p className="muted">{say('letters.here.none')}</p>}
    </section>
  )
}
