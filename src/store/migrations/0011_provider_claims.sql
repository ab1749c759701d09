-- The claims of a user at the last sign-in or confirmation, as JSON, so that rules that change later can be applied to them.
-- Users whose claims are not known sign in again.
ALTER TABLE provider_sign_in ADD COLUMN claims TEXT;
