import type { Appointment } from '#use/requests/offices/appointments.ts'
import type { Slot } from '#use/requests/offices/slots.ts'
import type { Appointment as AppointmentShown, Slot as SlotShown } from '../contract/offices.ts'

/** An appointment as the contract has it; nothing of who the listener is. */
export function viewAppointment(appointment: Appointment): AppointmentShown {
  const { interpreterLanguage, latest, ...told } = appointment
  return {
    ...told,
    slot: viewSlot(told.slot),
    bookedAt: asInstant(told.bookedAt),
    ...(interpreterLanguage !== null && { interpreterLanguage }),
    ...(latest !== null && { latest: asInstant(latest) }),
  }
}

export function viewSlot(slot: Slot): SlotShown {
  return { ...slot, startsAt: asInstant(slot.startsAt), endsAt: asInstant(slot.endsAt) }
}

/** As everywhere else in the API, in UTC; the database tells of it with its offset. */
export function asInstant(told: string): string {
  return Temporal.Instant.from(told).toString()
}
