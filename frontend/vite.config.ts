// How the screens are built, served while developing, and tested.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const gateway = process.env["MUSTER_GATEWAY"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2023", sourcemap: false, chunkSizeWarningLimit: 1200 },
  worker: { format: "es" },
  css: { modules: { localsConvention: "camelCaseOnly" } },
  server: {
    proxy: {
      "/api": { target: gateway },
      "/live": { target: gateway, ws: true },
    },
  },
  test: { environment: "jsdom", setupFiles: ["src/words/all.ts"], include: ["src/**/*.test.{ts,tsx}"], css: { modules: { classNameStrategy: "non-scoped" } } },
});
