import { useLanguage } from '../language/use-words.ts'

/** When and where the requester hears the calls that are theirs (R47). */
export function Appointments({ request }: { request: { appointments: readonly unknown[] }; onChanged: () => void }) {
  const { say } = useLanguage()
  return (
    <section className="panel stack-small" aria-labelledby="request-appointments">
      <h2 id="request-appointments" tabIndex={-1}>
        {say('appointments.here')}
      </h2>
      {request.appointments.length === 0 && <p className="muted">{say('appointments.here.none')}</p>}
    </section>
  )
}
