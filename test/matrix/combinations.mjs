// The versions that the peer ranges allow, each pair that people install together.
export const COMBINATIONS = [
  { name: 'nest12-typeorm1', nest: '12', typeorm: '1' },
  { name: 'nest11-typeorm0.3', nest: '11', typeorm: '0.3' },
  { name: 'nest11-typeorm0.3-lowest', nest: '11', typeorm: '0.3.20' },
];

const NEST_PACKAGES = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  '@nestjs/swagger',
  '@nestjs/testing',
  '@nestjs/typeorm',
];

/** The development dependencies of the repository, with the versions of a combination in their place. */
export function dependenciesOf(devDependencies, { nest, typeorm }) {
  const chosen = Object.fromEntries(NEST_PACKAGES.map((name) => [name, `^${nest}.0.0`]));
  return { ...devDependencies, ...chosen, typeorm: /^\d+$/.test(typeorm) ? `^${typeorm}.0.0` : typeorm };
}
