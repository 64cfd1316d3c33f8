/** Who is who in the seeded board, and ids that tests speak of. */

/** Ids of people, in the order of the seed. */
export const ada = 1 // admin of Northwind and Harbour, staff
export const bela = 2 // member of Northwind only
export const elif = 5 // admin of Meadow, member of Northwind
export const hiro = 8 // member of Meadow only
export const lucia = 12 // viewer of Northwind and Harbour

/** Projects 1 to 8 are Northwind's, 9 to 16 Harbour's, 17 to 24 Meadow's. */
export const websiteRelaunch = 1
export const designSystem = 2
export const patientPortal = 17
