/** Pages that anybody reads: so many a minute from one visitor, or from all readers behind one address. No reader comes near it. */
export const reading = { config: { rateLimit: { max: 600, timeWindow: '1 minute', groupId: 'reading' } } }
