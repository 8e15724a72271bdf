// House rules of the screens: strict types, who may import whom, sizes.
import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const screens = ["wall", "desk", "station", "unit", "login", "planner"];
const mapLibrary = { name: "maplibre-gl", message: "maplibre-gl is used only in src/map." };

function othersThan(screen) {
  return screens.filter((other) => other !== screen).map((other) => ({
    group: [`**/${other}/**`, `../${other}`],
    message: "Screens never import each other.",
  }));
}

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/contracts.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "max-lines": ["error", { max: 500 }],
      "max-depth": ["error", 3],
      "max-lines-per-function": ["error", { max: 60 }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      "no-restricted-imports": ["error", { paths: [mapLibrary] }],
      // Old names, enums and mixed-up classes: a fifth of the time of all rules together.
      "@typescript-eslint/no-deprecated": "off",
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
    },
  },
  { files: ["src/map/**"], rules: { "no-restricted-imports": "off" } },
  { files: ["**/*.test.ts", "**/*.test.tsx"], rules: { "max-lines-per-function": "off" } },
  ...screens.map((screen) => ({
    files: [`src/${screen}/**`],
    rules: { "no-restricted-imports": ["error", { paths: [mapLibrary], patterns: othersThan(screen) }] },
  })),
  {
    files: ["src/picture.ts", "src/words.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: [mapLibrary], patterns: [{ regex: "^\\.(?!/contracts|/words/)", message: "Only contracts and the word lists." }] },
      ],
    },
  },
  { files: ["eslint.config.js"], ...tseslint.configs.disableTypeChecked },
);
